import pg from 'pg';
import { expect, inject, onTestFinished } from 'vitest';
import { databaseName } from './databases.ts';
import type { KeptKeys } from './run-redis.ts';
import { openWorld, type World, type WorldOptions } from './run-world.ts';

/** What a first run has left behind. */
interface Stored {
  readonly databaseUrl: string;
  readonly keys: KeptKeys;
}

/** Kept for all files of this process; what they are kept in goes with the run of the tests. */
const firstRuns = new Map<string, Promise<Stored>>();

/**
 * A world whose first run is over. That run happens once for all tests that want the same world;
 * each gets a copy of what it left in the database and in Redis.
 */
export async function startStoredWorld(options: WorldOptions = {}): Promise<World> {
  const key = JSON.stringify(options);
  const storing = firstRuns.get(key) ?? storeFirstRun(options);
  firstRuns.set(key, storing);
  const { databaseUrl, keys } = await storing;
  const { world, close } = await openWorld(options, () => copyDatabase(databaseUrl));
  onTestFinished(close);
  await world.redis.put(keys);
  await world.expectTruth();
  return world;
}

async function storeFirstRun(options: WorldOptions): Promise<Stored> {
  const { world, close } = await openWorld(options);
  const { summary } = await world.run();
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  const [{ url }, keys] = await Promise.all([copyDatabase(world.databaseUrl), world.redis.keep()]);
  await close();
  return { databaseUrl: url, keys };
}

async function copyDatabase(original = '') {
  const url = new URL(original);
  const name = databaseName();
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
