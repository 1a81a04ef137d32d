import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { dumpPristinePglite } from './pristine-pglite.ts';
import { type PrivateServer, startPostgres } from './private-postgres.ts';
import { startRedis } from './private-redis.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server for the suites; null where there is none. */
    postgresUrl: string | null;
    redisUrl: string | null;
    /** Whether programs can be looked at in a terminal. */
    hasTmux: boolean;
    /** A file to start PGlite from. */
    pristinePglite: string;
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
  const [postgresUrl, redisUrl, pristine] = await Promise.all([
    find('PostgreSQL', TEST_DATABASE_URL, startPostgres),
    find('Redis or Valkey', TEST_REDIS_URL, startRedis),
    dumpPristinePglite(),
  ]);
  project.provide('postgresUrl', postgresUrl);
  project.provide('redisUrl', redisUrl);
  project.provide('hasTmux', findTmux(CI));
  project.provide('pristinePglite', pristine.path);
  return async () => {
    for (const server of started) await server.stop();
    await pristine.remove();
  };
}

function findTmux(isNeeded: string | undefined): boolean {
  if (spawnSync('tmux', ['-V']).status === 0) return true;
  if (isNeeded) throw new Error('CI needs tmux, and it is not installed');
  console.warn('tmux is not installed: the tests in a terminal are skipped');
  return false;
}
