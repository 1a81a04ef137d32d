import pg from 'pg';
import { expect, inject, vi } from 'vitest';
import { freePort } from '../support/machine.ts';
import { ANY_ITEMS } from '../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
const MANY = { contracts: 150 };
const SLOW_STEPS = { DB_BATCH_SIZE: '20', ESI_CONCURRENCY: '4', REGION_CONCURRENCY: '1' };

async function isLocked({ redis }: World): Promise<boolean> {
  return (await (await redis.client()).exists(redis.lockKey)) === 1;
}

/** Lets nobody into the world's database, or everybody again. */
async function allowConnections({ databaseUrl = '' }: World, isAllowed: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
  await client.connect();
  const name = new URL(databaseUrl).pathname.slice(1);
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`);
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    name,
  ]);
  await client.end();
}

async function hasStoredSome({ tables }: World): Promise<boolean> {
  if (!(await tables.names()).includes('contracts')) return false;
  return (await tables.rows('contracts')).length > 0;
}

serverTest('a database that is away ends the run with its summary, the lock released', async () => {
  const world = await startWorld();
  const port = await freePort();

  const { summary, log } = await world.run([], {
    DATABASE_URL: `postgres://postgres:s3cret-pw@127.0.0.1:${port}/contracts`,
  });

  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74, failureCount: 1 });
  expect(log).toContainEqual(expect.objectContaining({ level: 'fatal' }));
  expect(log).toContainEqual(expect.objectContaining({ msg: 'lock released' }));
  expect(await isLocked(world)).toBe(false);
  expect(world.esi.requestsTo('items')).toEqual([]);
});

serverTest('a database that goes away ends the pass, and the next run completes it', async () => {
  const world = await startWorld(MANY);
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 100 } });
  const running = world.startRun([], SLOW_STEPS);
  await vi.waitUntil(() => hasStoredSome(world), PATIENCE);

  await allowConnections(world, false);
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74 });
  expect(await isLocked(world)).toBe(false);
  await allowConnections(world, true);
  world.esi.clearFaults();
  expect((await world.run()).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('a connection that breaks once costs nothing', async () => {
  const world = await startWorld(MANY);
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 50 } });
  const running = world.startRun([], SLOW_STEPS);
  await vi.waitUntil(() => hasStoredSome(world), PATIENCE);

  await allowConnections(world, true);
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('a server whose tables are of another make is refused, and left as it is', async () => {
  const world = await startWorld();
  await world.tables.execute('CREATE TABLE contracts (contract_id bigint PRIMARY KEY)');

  for (const args of [[], ['--migrate']]) {
    const { summary } = await world.run(args);
    expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74 });
  }

  expect(await world.tables.rows('contracts')).toEqual([]);
  expect(world.esi.requests).toEqual([]);
  expect(await isLocked(world)).toBe(false);
});

serverTest('a server that lacks migrations is told of, and migrated on demand', async () => {
  const world = await startWorld({ contracts: 30 });
  // As another program leaves it that also keeps its migrations by Prisma.
  await world.command(['migrate']);
  const tables = (await world.tables.names()).filter((name) => name !== '_prisma_migrations');
  await world.tables.execute(
    `DROP TABLE ${tables.join(', ')} CASCADE; UPDATE _prisma_migrations SET migration_name = '20200101000000_other'`,
  );

  const refused = await world.run();

  expect(refused.summary).toMatchObject({ outcome: 'failed', exitCode: 74 });
  expect(refused.summary.failures[0]?.message).toContain('contracts-agg migrate');
  expect(await world.tables.names()).toEqual(['_prisma_migrations']);
  const migrated = await world.run(['--migrate']);
  expect(migrated.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('a migration that was changed after it was applied is refused', async () => {
  const world = await startWorld({ contracts: 30 });
  await world.command(['migrate']);
  await world.tables.execute(`UPDATE _prisma_migrations SET checksum = repeat('0', 64)`);

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74 });
  expect(world.esi.requests).toEqual([]);
});

serverTest('migrate brings an empty server to the tables that a run needs', async () => {
  const world = await startWorld({ contracts: 30 });

  const pending = await world.command(['migrate', '--status']);
  const migrated = await world.command(['migrate']);
  const again = await world.command(['migrate', '--status']);

  expect([pending, migrated, again].map(({ exitCode }) => exitCode)).toEqual([1, 0, 0]);
  const { summary } = await world.run();
  expect(summary.exitCode).toBe(0);
  await world.expectTruth();
});
