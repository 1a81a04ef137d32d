import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { readMigrations } from '../database/open/migrations.ts';
import type { ReadSession } from '../database/session/read-session.ts';
import type { Adapters, DatabaseUse, SessionUse } from './adapters.ts';
import { lockDataDirectory, placesIn } from './data-directory.ts';
import { assertNoRunAtWork } from './run-note.ts';

/** Readers take a second or two each; a run that has not begun to tell of itself takes longer. */
const READER_WAITS_MS = 10_000;
/** A run is worth more than a reader's moment. */
const RUN_WAITS_MS = 60_000;

/** The real outside. Each library is loaded when a command needs it. */
export const systemAdapters: Adapters = {
  connectRedis: async (url, logger) => {
    const { RedisConnection } = await import('../redis.ts');
    return RedisConnection.open(url, logger);
  },
  openDatabase: async (config, clock, use = {}) => {
    if (config.DATABASE_URL === undefined) return openEmbedded(config.DATA_DIR, clock, use);
    const { openServerDatabase } = await import('../database/open/server.ts');
    // A region at work compares one page while it stores another; the run and the types write too.
    const connections = 2 * config.REGION_CONCURRENCY + 2;
    return openServerDatabase(config.DATABASE_URL, { clock, connections, ...use });
  },
  openSession: async ({ DATABASE_URL: url, DATA_DIR: dataDir }, clock, use) => {
    if (url === undefined) return openEmbeddedToRead(dataDir, clock, use);
    const { openServerSession } = await import('../database/session/server-session.ts');
    return openServerSession({ url, ...use });
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

async function openEmbedded(
  dataDir: string | undefined,
  clock: Clock,
  { toRead = false, interrupt }: DatabaseUse,
): Promise<Database> {
  return whileLocked(dataDir, clock, { toRead, interrupt }, async (release) => {
    const { openEmbeddedDatabase } = await import('../database/open/embedded.ts');
    return openEmbeddedDatabase(placesIn(dataDir).database, clock, release);
  });
}

async function openEmbeddedToRead(
  dataDir: string | undefined,
  clock: Clock,
  { signal }: SessionUse,
): Promise<ReadSession> {
  return whileLocked(dataDir, clock, { toRead: true, interrupt: signal }, async (release) => {
    const { openEmbeddedSession } = await import('../database/session/embedded-session.ts');
    const folder = placesIn(dataDir).database;
    return openEmbeddedSession({ folder, migrations: [] }, signal, release);
  });
}

/** @param open gets what gives the lock back, for when it closes what it opened */
async function whileLocked<T>(
  dataDir: string | undefined,
  clock: Clock,
  { toRead, interrupt }: { readonly toRead: boolean; readonly interrupt: AbortSignal | undefined },
  open: (release: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const held = await lockDataDirectory(dataDir, {
    clock,
    signal: interrupt,
    milliseconds: toRead ? READER_WAITS_MS : RUN_WAITS_MS,
    assertWorthIt: () => (toRead ? assertNoRunAtWork(dataDir, clock.now()) : Promise.resolve()),
  });
  try {
    return await open(() => held.release());
  } catch (error) {
    await held.release();
    throw error;
  }
}
