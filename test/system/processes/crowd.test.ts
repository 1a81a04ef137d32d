import { readdir } from 'node:fs/promises';
import { expect, onTestFinished, vi } from 'vitest';
import type { Summary } from '../../../src/report/summary.ts';
import { freePort } from '../../support/machine.ts';
import type { Environment } from '../../support/run-process.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { privateRedis } from '../../support/use-redis.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
const DOZEN = 12;
const SMALL = { contracts: 30, regionIds: [THE_FORGE] };

/** Ways to ESI and to the database of one run's own, on which a test sees whether it goes there. */
async function watchedWays(world: World) {
  const follow = async (url: string | undefined): Promise<TcpProxy> => {
    const proxy = await startProxy(url ?? '');
    onTestFinished(proxy.close);
    return proxy;
  };
  const [esi, database] = await Promise.all([follow(world.esi.url), follow(world.databaseUrl)]);
  const env = { ESI_BASE_URL: esi.url, DATABASE_URL: database.url };
  return { env, connections: () => [esi.connections, database.connections] };
}

/** Starts a dozen runs at once; the one that gets to work is held up until the others have ended. */
async function crowd(world: World, env: Environment) {
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'hang' } });
  const ways = await Promise.all(Array.from({ length: DOZEN }, () => watchedWays(world)));
  let ended = 0;
  const running = ways.map((way) => {
    const { done } = world.startRun([], { ...way.env, ...env, ESI_TIMEOUT_MS: '2000' });
    void done.then(() => {
      ended += 1;
    });
    return done;
  });
  await vi.waitUntil(() => ended === DOZEN - 1, PATIENCE);
  world.esi.clearFaults();
  const results = await Promise.all(running);
  return results.map((result, index) => ({
    summary: world.read(result).summary,
    connections: ways[index]?.connections() ?? [],
  }));
}

function isLocked({ outcome }: Summary): boolean {
  return outcome === 'locked';
}

serverTest.each([
  { place: 'Redis', env: {}, asksDatabase: false },
  { place: 'the database', env: { REDIS_URL: '' }, asksDatabase: true },
])(
  'of a dozen runs at once one works; the others, by the lock in $place, go nowhere else',
  async ({ env, asksDatabase }) => {
    const world = await startWorld(SMALL);

    const runs = await crowd(world, env);

    const losers = runs.filter(({ summary }) => isLocked(summary));
    expect(losers).toHaveLength(DOZEN - 1);
    for (const { summary, connections } of losers) {
      expect(summary).toMatchObject({ exitCode: 75, esi: { requests: 0 } });
      const [toEsi = 0, toDatabase = 0] = connections;
      expect(toEsi).toBe(0);
      expect(toDatabase > 0).toBe(asksDatabase);
    }
    const winner = runs.find(({ summary }) => !isLocked(summary));
    expect(winner?.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    expect(winner?.connections).not.toContain(0);
    await world.expectTruth();
    expect(await world.tables.rows('aggregation_runs')).toHaveLength(1);
  },
);

serverTest('without its lock server a run goes nowhere, and leaves no file', async () => {
  const world = await startWorld(SMALL);
  const { env, connections } = await watchedWays(world);

  const { summary } = await world.run([], {
    ...env,
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
  });

  expect(summary).toMatchObject({ outcome: 'unavailable', exitCode: 69 });
  expect(connections()).toEqual([0, 0]);
  expect(await readdir(world.folder)).toEqual([]);
});

serverTest('a Redis that fails over to one without the lock ends the run', async () => {
  const world = await startWorld(SMALL);
  const [primary, replica] = await Promise.all([privateRedis(), privateRedis()]);
  const proxy = await startProxy(primary.url);
  onTestFinished(proxy.close);
  const answer = { kind: 'delay', ms: 300 } as const;
  world.esi.fault({ match: ANY_ITEMS, answer });
  const env = { REDIS_URL: proxy.url, ESI_CONCURRENCY: '2', DB_BATCH_SIZE: '5' };
  const running = world.startRun([], { ...env, LOCK_TTL_SECONDS: '600' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);

  proxy.leadTo(replica.url);
  const { summary } = world.read(await running.done);
  world.esi.clearFaults();

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect((await world.run([], env)).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('two installations with prefixes of their own on one Redis never meet', async () => {
  const world = await startWorld(SMALL);
  const { lockKey, prefix } = world.redis;
  const client = await world.redis.client();
  await client.set(lockKey, 'the other installation');
  const before = await world.redis.dump();

  // Even a prefix that begins with the other's whole key.
  const { summary } = await world.run([], { REDIS_KEY_PREFIX: `${lockKey}:` });

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
  expect(await world.redis.dump()).toMatchObject(before);
  const others = (await world.redis.names()).filter((name) => name !== lockKey);
  expect(others.filter((name) => !name.startsWith(`${prefix}lock:`))).toEqual([]);
  expect((await world.run()).summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
});
