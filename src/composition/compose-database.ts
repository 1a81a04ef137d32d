import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import { migrate, migrationStatus, readMigrations } from '../database/migrations.ts';
import { DatabaseError } from '../errors.ts';
import type { HeldLock } from '../lock/lock.ts';
import type { CommandContext } from './command-context.ts';

const DATABASE_LOCK_FILE = 'database.lock';

/** Opens the database for writing, for as long as work lasts. */
export async function withDatabase<T>(
  { config }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  if (config.DATABASE_URL !== undefined) {
    return using(await openServer(config, config.DATABASE_URL), work);
  }
  const held = await lockDatabase(config.DATA_DIR);
  try {
    const { openEmbeddedDatabase } = await import('../database/open-embedded.ts');
    return await using(await openEmbeddedDatabase(config.DATA_DIR), work);
  } finally {
    await held.release();
  }
}

/**
 * Opens the database only to read. The embedded one is read from a copy, so that nothing in the
 * data directory changes and a run need not wait. Where no table of ours is there yet, an empty
 * database in memory stands in.
 */
export async function withReadOnlyDatabase<T>(
  { config }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return using(await openToRead(config), async (database) => {
    const migrations = await readMigrations();
    const { pending, isEmpty } = await migrationStatus(database, migrations);
    if (pending.length === 0) return work(database);
    if (!isEmpty) throw notMigrated(pending);
    const { openMemoryDatabase } = await import('../database/open-embedded.ts');
    return using(await openMemoryDatabase(), async (empty) => {
      await migrate(empty.transact, migrations);
      return work(empty);
    });
  });
}

async function openToRead(config: Config): Promise<Database> {
  if (config.DATABASE_URL !== undefined) return openServer(config, config.DATABASE_URL);
  const { openEmbeddedCopy } = await import('../database/open-embedded.ts');
  return openEmbeddedCopy(config.DATA_DIR, lockForCopy(config));
}

/** Nobody may write to the embedded database while it is copied. */
function lockForCopy({ DATA_DIR }: Config) {
  return async <T>(copy: () => Promise<T>): Promise<T> => {
    const held = await lockDatabase(DATA_DIR);
    try {
      return await copy();
    } finally {
      await held.release();
    }
  };
}

/**
 * Brings the database to this version's tables where that is safe without being asked: embedded,
 * empty, or with `--migrate`.
 *
 * @throws DatabaseError that says what to do, where it is not
 */
export async function ensureMigrated(
  database: Database,
  { config, logger }: CommandContext,
  mayMigrate: boolean,
): Promise<void> {
  const migrations = await readMigrations();
  const { pending, isEmpty } = await migrationStatus(database, migrations);
  if (pending.length === 0) return;
  if (!mayMigrate && !isEmpty && config.DATABASE_URL !== undefined) throw notMigrated(pending);
  const applied = await migrate(database.transact, migrations);
  logger.info({ applied }, 'database migrated');
}

function notMigrated(pending: readonly string[]): DatabaseError {
  return new DatabaseError(
    `the database lacks ${pending.length} migrations (${pending.join(', ')}): run \`contracts-agg migrate\``,
  );
}

/** Two processes in one data directory destroy its database. */
async function lockDatabase(dataDir: string): Promise<HeldLock> {
  const { FileLock } = await import('../lock/file-lock.ts');
  return new FileLock(join(dataDir, DATABASE_LOCK_FILE)).acquire();
}

async function openServer(config: Config, url: string): Promise<Database> {
  const { openServerDatabase } = await import('../database/open-server.ts');
  // A region at work compares one page while it stores another; the run and the types write too.
  return openServerDatabase(url, 2 * config.REGION_CONCURRENCY + 2);
}

async function using<R extends { close(): Promise<void> }, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource);
  } finally {
    await resource.close();
  }
}
