import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';
import type { TestProject } from 'vitest/node';
import { type PrivateServer, startPostgres } from './private-postgres.ts';
import { startRedis } from './private-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server for the suites; null where there is none. */
    postgresUrl: string | null;
    /** Begins the name of each database on it. */
    databasePrefix: string;
    redisUrl: string | null;
    /** Begins each key in it. */
    keyPrefix: string;
    /** Examples of each law; vitest.config.ts says how many. */
    lawRuns: number;
    /** Histories that the simulation plays. */
    histories: number;
  }
}

/** Finds or starts the real servers once for all suites. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { TEST_DATABASE_URL, TEST_REDIS_URL, CI } = process.env;
  const started: PrivateServer[] = [];
  const find = async (
    name: string,
    url: string | undefined,
    start: () => Promise<PrivateServer | undefined>,
  ) => {
    if (url) return url;
    const server = await start();
    if (server !== undefined) started.push(server);
    else if (CI) throw new Error(`CI needs ${name}, and it is not installed`);
    else console.warn(`${name} is not installed: the suites that need it are skipped`);
    return server?.url ?? null;
  };
  const [postgresUrl, redisUrl] = await Promise.all([
    find('PostgreSQL', TEST_DATABASE_URL, startPostgres),
    find('Redis or Valkey', TEST_REDIS_URL, startRedis),
  ]);
  const id = randomUUID().slice(0, 8);
  const databasePrefix = `contracts_agg_test_${id}_`;
  const keyPrefix = `contracts-agg-test:${id}:`;
  project.provide('postgresUrl', postgresUrl);
  project.provide('databasePrefix', databasePrefix);
  project.provide('redisUrl', redisUrl);
  project.provide('keyPrefix', keyPrefix);
  return async () => {
    // A server that is not ours gets back what suites shared until now.
    if (TEST_DATABASE_URL) await dropDatabases(TEST_DATABASE_URL, databasePrefix);
    if (TEST_REDIS_URL) await deleteKeys(TEST_REDIS_URL, keyPrefix);
    for (const server of started) await server.stop();
  };
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  );
  for (const { name } of rows) await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await client.end();
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  const keys = await client.keys(`${prefix}*`);
  if (keys.length > 0) await client.del(keys);
  client.destroy();
}
