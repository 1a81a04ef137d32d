import { expectTruthAfterMixedFaults } from '../../support/esi-mixed-faults.ts';
import { serverTest } from '../../support/run-world.ts';
import { seedOf } from '../../support/seed.ts';

const SEED = seedOf(process.env, 20_260_908);

serverTest.each([
  { percent: 1, runs: 3 },
  { percent: 5, runs: 3 },
])(
  `with $percent % of ESI's answers wrong nothing false is stored, and one run without faults is right: seed ${SEED}`,
  ({ percent, runs }) =>
    expectTruthAfterMixedFaults({
      seed: SEED + percent,
      share: percent / 100,
      runs,
      contracts: 150,
    }),
);
