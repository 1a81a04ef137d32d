import type { Database, Transact } from '../database/database.ts';
import { migrate, migrationStatus } from '../database/open/migrations.ts';
import { DatabaseError } from '../errors.ts';
import type { CommandContext } from './command-context.ts';
import { lockDataDirectory, placesIn } from './data-directory.ts';

/** Opens the database for writing, for as long as work lasts. */
export async function withDatabase<T>(
  { config, clock, adapters }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return using(await adapters.openDatabase(config, clock), work);
}

/**
 * Opens the database only to read. The embedded one is read from a copy, so that nothing in the
 * data directory changes and a run need not wait. Where no table of ours is there yet, an empty
 * database in memory stands in.
 */
export async function withReadOnlyDatabase<T>(
  context: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return using(await openToRead(context), async (database) => {
    const migrations = await context.adapters.readMigrations();
    const { pending, isEmpty } = await migrationStatus(database, migrations);
    if (pending.length === 0) return work(database);
    if (!isEmpty) throw notMigrated(pending);
    const { openMemoryDatabase } = await import('../database/open/embedded.ts');
    return using(await openMemoryDatabase(context.clock), async (empty) => {
      await migrate(empty.transact, migrations);
      return work(empty);
    });
  });
}

/** The database to read from, as it stands: without one, an empty one in memory. */
export async function openToRead({ config, clock, adapters }: CommandContext): Promise<Database> {
  if (config.DATABASE_URL !== undefined) return adapters.openDatabase(config, clock);
  const { openEmbeddedCopy } = await import('../database/open/embedded.ts');
  const { database } = placesIn(config.DATA_DIR);
  return openEmbeddedCopy(database, clock, whileNobodyWrites(config.DATA_DIR));
}

function whileNobodyWrites(dataDir: string | undefined) {
  return async (copy: () => Promise<void>): Promise<void> => {
    const held = await lockDataDirectory(dataDir);
    try {
      await copy();
    } finally {
      await held.release();
    }
  };
}

/**
 * Brings the database to this version's tables where that is safe without being asked: embedded,
 * empty, or with `--migrate`.
 *
 * @param transact to write with
 * @throws DatabaseError that says what to do, where it is not
 */
export async function ensureMigrated(
  database: Database,
  transact: Transact,
  { config, logger, adapters }: CommandContext,
  mayMigrate: boolean,
): Promise<void> {
  const migrations = await adapters.readMigrations();
  const { pending, isEmpty } = await migrationStatus(database, migrations);
  if (pending.length === 0) return;
  if (!mayMigrate && !isEmpty && config.DATABASE_URL !== undefined) throw notMigrated(pending);
  const applied = await migrate(transact, migrations);
  logger.info({ applied }, 'database migrated');
}

function notMigrated(pending: readonly string[]): DatabaseError {
  return new DatabaseError(
    `the database lacks ${pending.length} migrations (${pending.join(', ')}): run \`contracts-agg migrate\``,
  );
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
