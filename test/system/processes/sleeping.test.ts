import { expect, vi } from 'vitest';
import { type HeldWork, holdStart, holdWrites } from '../../support/held-writes.ts';
import type { RunningProcess } from '../../support/run-process.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';
import { sleepThroughLock, wakeToNothing, withIdleLimit } from '../../support/sleepers.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
const TTL_SECONDS = 2;
const SLOW_ITEMS = { match: ANY_ITEMS, answer: { kind: 'delay', ms: 300 } } as const;

/** Where a run can be stopped, each of them inside something that it has begun. */
const MOMENTS = [
  { moment: 'while it fetched', hold: holdItems },
  {
    moment: 'inside an open transaction',
    hold: ({ databaseUrl = '' }: World) => holdWrites(databaseUrl, 'INSERT', 'contract_items'),
  },
  {
    moment: 'before it committed its end',
    hold: ({ databaseUrl = '' }: World) => holdWrites(databaseUrl, 'UPDATE', 'aggregation_runs'),
  },
];

/** A world with tables and nothing in them. */
async function startMigratedWorld(): Promise<World> {
  const world = await startWorld();
  expect(await world.command(['migrate'])).toMatchObject({ exitCode: 0 });
  return world;
}

async function holdItems({ esi }: World): Promise<HeldWork> {
  esi.fault({ match: ANY_ITEMS, answer: { kind: 'hang' } });
  return {
    waitUntilReached: async () =>
      void (await vi.waitUntil(() => esi.requestsTo('items').length > 0, PATIENCE)),
    release: async () => esi.clearFaults(),
  };
}

/** Stops a run where it is held, for longer than the life of its lock. */
async function putToSleep(world: World, hold: HeldWork, env: Record<string, string> = {}) {
  const sleeper = world.spawnRun([], { ...env, LOCK_TTL_SECONDS: String(TTL_SECONDS) });
  await hold.waitUntilReached();
  await sleepThroughLock(world, sleeper);
  await hold.release();
  return sleeper;
}

async function expectNothingWritten(world: World, sleeper: RunningProcess): Promise<void> {
  const { summary } = await wakeToNothing(world, sleeper);
  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
}

serverTest.each(MOMENTS)(
  'a run that slept through the life of its lock $moment writes nothing when it wakes',
  async ({ hold }) => {
    const world = await startMigratedWorld();
    const sleeper = await putToSleep(world, await hold(world));

    await expectNothingWritten(world, sleeper);

    expect((await world.run()).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
  },
);

serverTest.each(MOMENTS.slice(1))(
  'a run that slept $moment holds its successor up no longer than the idle limit, and writes nothing',
  async ({ hold }) => {
    const world = await startMigratedWorld();
    const sleeper = await putToSleep(world, await hold(world), withIdleLimit(world, 1000));

    const successor = await world.run();

    expect(successor.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
    await expectNothingWritten(world, sleeper);
  },
);

serverTest('a run that slept before it began leaves its successor at work alone', async () => {
  const world = await startMigratedWorld();
  const sleeper = await putToSleep(world, await holdStart(world.databaseUrl ?? ''));
  world.esi.fault(SLOW_ITEMS);
  const successor = world.spawnRun([], { ESI_CONCURRENCY: '2' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);

  sleeper.kill('SIGCONT');
  const woken = world.read(await sleeper.done);
  world.esi.clearFaults();

  expect(woken.summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(world.read(await successor.done).summary).toMatchObject({ exitCode: 0 });
  await world.expectTruth();
  const runs = await world.tables.rows('aggregation_runs');
  expect(runs.map((run) => run['outcome'])).toEqual(['complete']);
});
