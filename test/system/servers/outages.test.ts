import { expect, onTestFinished, vi } from 'vitest';
import { TABLES } from '../../support/run-tables.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
const MANY = { contracts: 150 };
const SMALL_STEPS = { DB_BATCH_SIZE: '20', ESI_CONCURRENCY: '4', REGION_CONCURRENCY: '1' };

async function waitUntilSomeAreStored({ tables }: World): Promise<void> {
  await vi.waitUntil(async () => {
    if (!(await tables.names()).includes('contracts')) return false;
    return (await tables.rows('contracts')).length > 0;
  }, PATIENCE);
}

/** A slow run whose way to Redis can be cut. */
async function startRunThroughProxy(ttlSeconds: number) {
  const world = await startWorld(MANY);
  const proxy = await startProxy(world.env['REDIS_URL'] ?? '');
  onTestFinished(() => proxy.close().catch(() => undefined));
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 100 } });
  const env = { ...SMALL_STEPS, REDIS_URL: proxy.url, LOCK_TTL_SECONDS: String(ttlSeconds) };
  const running = world.startRun([], env);
  await waitUntilSomeAreStored(world);
  return { world, proxy, running };
}

serverTest(
  'an ESI that goes down on the way leaves a part, and little is asked of it',
  async () => {
    const world = await startWorld(MANY);
    const answer = { kind: 'status', status: 503 } as const;
    const count = (kind: 'items' | 'type') => world.esi.requestsTo(kind).length;
    const match = () => count('items') > 60 && count('type') > 20;
    world.esi.fault({ match, answer });

    const { summary } = await world.run([], { ...SMALL_STEPS, ESI_CONCURRENCY: '8' });

    expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
    expect(world.esi.requests.filter(({ status }) => status === 503).length).toBeLessThan(100);
    expect(world.esi.requests.map(({ status }) => status)).not.toContain(420);
    const fetched = await world.tables.rows('contracts', `items_status = 'fetched'`);
    expect(fetched.length).toBeGreaterThan(0);
    world.esi.clearFaults();
    world.forward(2);
    expect((await world.run()).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
  },
);

serverTest('a connection to Redis that breaks once does not end the run', async () => {
  const { world, proxy, running } = await startRunThroughProxy(60);

  proxy.cut();
  world.esi.clearFaults();

  expect(world.read(await running.done).summary).toMatchObject({ exitCode: 0 });
  await world.expectTruth();
});

serverTest('a Redis that goes away ends the run before the life of its lock ends', async () => {
  const { world, proxy, running } = await startRunThroughProxy(6);
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 1000 } });

  await proxy.close();
  const client = await world.redis.client();
  await vi.waitUntil(async () => (await client.exists(world.redis.lockKey)) === 0, PATIENCE);
  const before = await world.tables.readAll(...TABLES);
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
  world.esi.clearFaults();
  expect((await world.run()).summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a run that slept while another took over writes nothing when it wakes', async () => {
  const world = await startWorld(MANY);
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 100 } });
  const sleeper = world.spawnRun([], { ...SMALL_STEPS, LOCK_TTL_SECONDS: '3' });
  await waitUntilSomeAreStored(world);
  sleeper.kill('SIGSTOP');
  const client = await world.redis.client();
  await vi.waitUntil(async () => (await client.exists(world.redis.lockKey)) === 0, PATIENCE);
  world.esi.clearFaults();
  const successor = await world.run();
  expect(successor.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
  const before = await world.tables.readAll(...TABLES);

  sleeper.kill('SIGCONT');
  const { summary } = world.read(await sleeper.done);

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
});
