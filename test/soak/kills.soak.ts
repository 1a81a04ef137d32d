import { afterAll, expect, test } from 'vitest';
import { createRandom } from '../../fixtures/local-esi/random.ts';
import { KILLING_GROUND, Killer } from '../support/kill-runs.ts';
import { STAGES, type Stage } from '../support/kill-stages.ts';
import { serverTest, startWorld, type WorldOptions } from '../support/run-world.ts';
import { freshSeed, seedOf } from '../support/seed.ts';

const SEED = seedOf(process.env, freshSeed());
const WORLDS = 3;
const KILLS_OF_FIRST_RUN = 6;
const KILLS_AFTER_CHANGE = 6;
const ROUNDS = 2;

const hits = new Map<string, Stage[]>();

afterAll(() => {
  for (const [kind, stages] of hits) console.log(kind, tally(stages));
});

function tally(stages: readonly Stage[]): Readonly<Record<string, number>> {
  const count = (stage: Stage) => stages.filter((hit) => hit === stage).length;
  return Object.fromEntries(STAGES.map((stage) => [stage, count(stage)]));
}

/** Kills first runs, and then runs that find changes; between them one goes through. */
async function killManyRuns(kind: string, options: WorldOptions): Promise<readonly Stage[]> {
  const random = createRandom(SEED);
  const all: Stage[] = [];
  hits.set(kind, all);
  for (let number = 0; number < WORLDS; number += 1) {
    const world = await startWorld({ ...KILLING_GROUND, ...options });
    const killer = new Killer(world, SEED + number);
    if (options.embedded) await killer.killInTheMaking();
    for (let kill = 0; kill < KILLS_OF_FIRST_RUN; kill += 1) await killer.kill(random.pick(STAGES));
    await killer.finish();
    const stages = random.shuffle([...STAGES, ...STAGES]);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const stage of stages.splice(0, KILLS_AFTER_CHANGE)) await killer.killAfterChange(stage);
      await killer.finish();
    }
    all.push(...killer.hits);
  }
  return all;
}

function expectMany(stages: readonly Stage[]): void {
  expect(stages.length).toBeGreaterThanOrEqual(30);
  expect(STAGES.filter((stage) => !stages.includes(stage))).toEqual([]);
}

serverTest(`many runs that are killed, on servers (seed ${SEED}), leave nothing torn`, async () => {
  expectMany(await killManyRuns('servers', {}));
});

test(`many runs that are killed, embedded (seed ${SEED}), leave nothing torn`, async () => {
  expectMany(await killManyRuns('embedded', { embedded: true }));
});
