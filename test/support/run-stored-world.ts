import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, expect, inject, onTestFinished } from 'vitest';
import { openWorld, type World, type WorldOptions } from './run-world.ts';

type OpenWorld = Awaited<ReturnType<typeof openWorld>>;

const firstRuns = new Map<string, Promise<OpenWorld>>();

afterAll(async () => {
  for (const opened of firstRuns.values()) await (await opened).close();
});

/**
 * A world whose first run is over. That run happens once for all tests of a file that want the
 * same world; each gets a copy of what it left in the database and in Redis.
 */
export async function startStoredWorld(options: WorldOptions = {}): Promise<World> {
  const key = JSON.stringify(options);
  const opened = firstRuns.get(key) ?? openAfterFirstRun(options);
  firstRuns.set(key, opened);
  const { world: template } = await opened;
  const { world, close } = await openWorld(options, () => copyDatabase(template.databaseUrl));
  onTestFinished(close);
  await template.redis.copyTo(world.redis);
  await world.expectTruth();
  return world;
}

async function openAfterFirstRun(options: WorldOptions): Promise<OpenWorld> {
  const opened = await openWorld(options);
  const { summary } = await opened.world.run();
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  return opened;
}

async function copyDatabase(original = '') {
  const url = new URL(original);
  const name = `contracts_agg_test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${url.pathname.slice(1)}`);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function administer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
