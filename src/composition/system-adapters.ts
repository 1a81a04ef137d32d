import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { readMigrations } from '../database/open/migrations.ts';
import type { Adapters } from './adapters.ts';
import { lockDataDirectory, placesIn } from './data-directory.ts';

/** The real outside. Each library is loaded when a command needs it. */
export const systemAdapters: Adapters = {
  connectRedis: async (url, logger) => {
    const { RedisConnection } = await import('../redis.ts');
    return RedisConnection.open(url, logger);
  },
  openDatabase: async (config, clock, use = {}) => {
    if (config.DATABASE_URL === undefined) return openEmbedded(config.DATA_DIR, clock);
    const { openServerDatabase } = await import('../database/open/server.ts');
    // A region at work compares one page while it stores another; the run and the types write too.
    const connections = 2 * config.REGION_CONCURRENCY + 2;
    return openServerDatabase(config.DATABASE_URL, { clock, connections, ...use });
  },
  readMigrations: () => readMigrations(),
  connectEsi: async (connections, environment) => {
    const { UndiciTransport } = await import('../esi/http/undici-transport.ts');
    return new UndiciTransport(connections, environment);
  },
  connectWeb: async (environment) => {
    const { UndiciTransport } = await import('../esi/http/undici-transport.ts');
    return new UndiciTransport(1, environment);
  },
};

async function openEmbedded(dataDir: string | undefined, clock: Clock): Promise<Database> {
  const held = await lockDataDirectory(dataDir);
  try {
    const { openEmbeddedDatabase } = await import('../database/open/embedded.ts');
    return await openEmbeddedDatabase(placesIn(dataDir).database, clock, () => held.release());
  } catch (error) {
    await held.release();
    throw error;
  }
}
