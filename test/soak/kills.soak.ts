import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { createRandom, type Random } from '../../fixtures/local-esi/random.ts';
import { KILLING_GROUND, Killer } from '../support/kill-runs.ts';
import { STAGES, type Stage } from '../support/kill-stages.ts';
import { serverTest, startWorld, type World, type WorldOptions } from '../support/run-world.ts';
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

const SHARDS = ['0/3', '1/3', '2/3'];
const REGIONS = [10000002, 10000043, 10000032, 10000030, 10000042, 10000016, 10000033];
const SHARD_ROUNDS = 12;
const PATIENCE = { timeout: 50_000, interval: 20 };

/** Kills one of three shards at a moment of the seed. @returns whether it was still alive */
async function killOneShard(world: World, random: Random): Promise<boolean> {
  const env = { LOCK_TTL_SECONDS: '2', DB_BATCH_SIZE: '15' };
  const running = SHARDS.map((shard) => world.spawnRun(['--shard', shard], env));
  const victim = random.int(0, SHARDS.length - 1);
  await delay(random.int(0, 1500));
  running[victim]?.kill('SIGKILL');
  const results = await Promise.all(running.map(({ done }) => done));
  const others = results.filter((_, index) => index !== victim);
  expect(others.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const isFree = async () => (await world.redis.names()).every((name) => !/:lock/.test(name));
  await vi.waitUntil(isFree, PATIENCE);
  const { summary } = await world.run(['--shard', SHARDS[victim] ?? ''], env);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  return results[victim]?.exitCode === null;
}

serverTest(`one of three shards is killed, many times (seed ${SEED}), and catches up`, async () => {
  const random = createRandom(SEED);
  const world = await startWorld({ regionIds: REGIONS, contracts: 150, esi: { latencyMs: 15 } });
  let kills = 0;
  for (let round = 0; round < SHARD_ROUNDS; round += 1) {
    if (round > 0) world.nextListing({ seed: SEED + round, share: 0.2 });
    if (await killOneShard(world, random)) kills += 1;
    await world.expectTruth();
  }
  expect(kills).toBeGreaterThanOrEqual(SHARD_ROUNDS / 2);
});
