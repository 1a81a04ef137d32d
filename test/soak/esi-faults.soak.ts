import { expectTruthAfterMixedFaults } from '../support/esi-mixed-faults.ts';
import { serverTest } from '../support/run-world.ts';
import { freshSeed, seedOf } from '../support/seed.ts';

const SEED = seedOf(process.env, freshSeed());
const WORLDS = 8;

const CASES = Array.from({ length: WORLDS }, (_, index) =>
  [5, 20].map((percent) => ({ percent, seed: SEED + index })),
).flat();

serverTest.each(CASES)(
  `with $percent % of ESI's answers wrong nothing false is stored, and one run without faults is right: seed $seed`,
  ({ percent, seed }) =>
    expectTruthAfterMixedFaults({ seed, share: percent / 100, runs: 6, contracts: 400 }),
);
