import { expect, vi } from 'vitest';
import { freePort } from '../support/machine.ts';
import { TABLES } from '../support/run-tables.ts';
import { ANY_ITEMS } from '../support/run-universe.ts';
import { DOMAIN, serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };

/** Starts a run and waits until The Forge is stored, while the other region is held up. */
async function startHeldUpRun(ttlSeconds: number) {
  const world = await startWorld({ regionIds: [THE_FORGE, DOMAIN] });
  await world.run([], { REGION_IDS: String(DOMAIN) });
  await world.expectTruth({ regionIds: [DOMAIN] });
  world.nextListing({ seed: 2, share: 0.2 });
  const answer = { kind: 'delay', ms: 6000 } as const;
  world.esi.fault({ match: /public\/10000043\b/, answer });
  const running = world.startRun([], { LOCK_TTL_SECONDS: String(ttlSeconds) });
  await vi.waitUntil(() => isStored(world, THE_FORGE), PATIENCE);
  return { world, running };
}

async function isStored({ tables }: World, regionId: number): Promise<boolean> {
  return (await tables.rows('regions', `region_id = ${regionId}`)).length > 0;
}

serverTest('a lock held by another ends the run at once, before anything is touched', async () => {
  const world = await startWorld();
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75, esi: { requests: 0 } });
  expect(world.esi.requests).toEqual([]);
  expect(await world.tables.names()).toEqual([]);
  expect(await client.get(world.redis.lockKey)).toBe('another run');
});

serverTest('the lock has a life of its own and a token, and is gone after the run', async () => {
  const world = await startWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 30 } });
  const running = world.startRun([], { LOCK_TTL_SECONDS: '30' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);
  const client = await world.redis.client();

  const token = await client.get(world.redis.lockKey);
  const lifeMs = await client.pTTL(world.redis.lockKey);

  expect(token?.length).toBeGreaterThanOrEqual(16);
  expect(lifeMs).toBeGreaterThan(0);
  expect(lifeMs).toBeLessThanOrEqual(30_000);
  const { log } = world.read(await running.done);
  expect(await client.exists(world.redis.lockKey)).toBe(0);
  expect(log).toContainEqual(expect.objectContaining({ msg: 'lock released' }));
});

serverTest('of two runs at once one works and the other steps back', async () => {
  const world = await startWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 200 } });
  const first = world.startRun([], { ESI_CONCURRENCY: '4' });
  await vi.waitUntil(() => world.esi.requests.length > 0, PATIENCE);

  const second = await world.run();

  expect(second.summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  world.esi.clearFaults();
  expect(world.read(await first.done).summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a lock that outlives its first life is renewed', async () => {
  const world = await startWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 400 } });

  const { summary } = await world.run([], { LOCK_TTL_SECONDS: '3', ESI_CONCURRENCY: '4' });

  expect(summary.durationMs).toBeGreaterThan(4500);
  expect(summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a lock server that cannot be reached keeps the run from doing anything', async () => {
  const world = await startWorld();
  const port = await freePort();

  const result = await world.run([], { REDIS_URL: `redis://:s3cret-redis@127.0.0.1:${port}` });

  expect(result.summary).toMatchObject({ outcome: 'unavailable', exitCode: 69 });
  expect(world.esi.requests).toEqual([]);
  expect(await world.tables.names()).toEqual([]);
  expect(result.log).toContainEqual(expect.objectContaining({ level: 'fatal' }));
  expect(result.stdout + result.stderr).not.toContain('s3cret-redis');
});

serverTest('a lock that was deleted ends the run, and nothing is written after that', async () => {
  const { world, running } = await startHeldUpRun(6);
  const before = await world.tables.readAll(...TABLES);
  await (await world.redis.client()).del(world.redis.lockKey);

  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
  world.esi.clearFaults();
  expect((await world.run()).summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a lock that another took on the way is found lost before the next write', async () => {
  const { world, running } = await startHeldUpRun(600);
  const before = await world.tables.readAll(...TABLES);
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const { summary, log } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
  expect(await client.get(world.redis.lockKey)).toBe('another run');
  expect(log).not.toContainEqual(expect.objectContaining({ msg: 'lock released' }));
});
