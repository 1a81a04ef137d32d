import type { Database, SqlExecutor, Transact } from '../database/database.ts';
import {
  assertEncoding,
  assertNotNewer,
  type Migration,
  migrate,
  migrationStatus,
} from '../database/open/migrations.ts';
import { DatabaseError } from '../errors.ts';
import { exists } from '../files/existing.ts';
import { counted } from '../terminal/numbers.ts';
import type { DatabaseUse } from './adapters.ts';
import type { CommandContext } from './command-context.ts';
import { placesIn } from './data-directory.ts';

/** Opens the database for writing, for as long as work lasts. */
export async function withDatabase<T>(
  { config, clock, adapters, interrupt }: CommandContext,
  work: (database: Database) => Promise<T>,
  use: DatabaseUse = {},
): Promise<T> {
  return using(await adapters.openDatabase(config, clock, { interrupt, ...use }), work);
}

/** As `withDatabase`, for statements that may take as long as they want. */
export function withPatientDatabase<T>(
  context: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return withDatabase(context, work, { answerTimeoutMs: 0 });
}

/**
 * Opens the database only to read. The embedded one is opened in its place, where a run waits for it
 * to be closed. Where no table of ours is there yet, an empty database in memory stands in.
 *
 * @throws LockHeldError when a run is at work in the embedded database
 */
export async function withReadOnlyDatabase<T>(
  context: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return using(await openToRead(context), async (database) => {
    const migrations = await context.adapters.readMigrations();
    if (await hasOurTables(database, migrations)) return work(database);
    const { openMemoryDatabase } = await import('../database/open/embedded.ts');
    return using(await openMemoryDatabase(context.clock), async (empty) => {
      await migrate(empty.transact, migrations);
      return work(empty);
    });
  });
}

/**
 * Whether the tables of this version are there; false where there is none at all.
 *
 * @throws DatabaseError for those of another version
 */
export async function hasOurTables(
  sql: Pick<SqlExecutor, 'query'>,
  migrations: readonly Migration[],
): Promise<boolean> {
  const status = await migrationStatus(sql, migrations);
  assertNotNewer(status);
  const { pending, isEmpty } = status;
  if (pending.length > 0 && !isEmpty) throw notMigrated(pending);
  return pending.length === 0;
}

/** The database to read from, as it stands: without one, an empty one in memory. */
export async function openToRead({
  config,
  clock,
  adapters,
  interrupt,
}: CommandContext): Promise<Database> {
  const isMissing =
    config.DATABASE_URL === undefined && !(await exists(placesIn(config.DATA_DIR).database));
  if (!isMissing) return adapters.openDatabase(config, clock, { interrupt, toRead: true });
  const { openMemoryDatabase } = await import('../database/open/embedded.ts');
  return openMemoryDatabase(clock);
}

/**
 * Brings the database to this version's tables where that is safe without being asked: embedded,
 * empty, or with `--migrate`.
 *
 * @param guarded keeps out what has lost its lock
 * @throws DatabaseError that says what to do, where it is not
 */
export async function ensureMigrated(
  database: Database,
  guarded: (transact: Transact) => Transact,
  context: CommandContext,
  mayMigrate: boolean,
): Promise<void> {
  const { config, logger, adapters } = context;
  const migrations = await adapters.readMigrations();
  const status = await migrationStatus(database, migrations);
  assertNotNewer(status);
  await assertEncoding(database);
  const { pending, isEmpty } = status;
  if (pending.length === 0) return;
  const isServer = config.DATABASE_URL !== undefined;
  if (!mayMigrate && !isEmpty && isServer) throw notMigrated(pending);
  const apply = ({ transact }: Database) => migrate(guarded(transact), migrations);
  const applied = await (isServer ? withPatientDatabase(context, apply) : apply(database));
  logger.info({ applied }, 'database migrated');
}

/** What is said of a database that lacks some of our tables. */
export function notMigrated(pending: readonly string[]): DatabaseError {
  return new DatabaseError(
    `the database lacks ${counted(pending.length, 'migration')} (${pending.join(', ')}): run \`contracts-agg migrate\``,
  );
}

/** Gives work a resource, and closes it whatever happens. */
export async function using<R extends { close(): Promise<void> }, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource);
  } finally {
    await resource.close();
  }
}
