import type { CommandContext } from '../composition/command-context.ts';
import { openToRead } from '../composition/compose-database.ts';
import { placesIn } from '../composition/data-directory.ts';
import type { Database } from '../database/database.ts';
import { encodingFault, migrationStatus } from '../database/open/migrations.ts';
import {
  findMissingRights,
  readServerFacts,
  type ServerFacts,
} from '../database/open/server-facts.ts';
import { readStorage } from '../database/queries/storage-queries.ts';
import { ConfigError, DatabaseError, LockHeldError, reasonOf } from '../errors.ts';
import { exists } from '../files/existing.ts';
import { adviceFor } from '../report/explain-failure.ts';
import { storageWords } from '../report/status-report.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const CHECK = 'database';
/** What lists contracts asks for functions that came with it. */
const OLDEST_VERSION_NUMBER = 130_000;

/** Whether the database can be reached, and read and written as a run does. Writes nothing. */
export async function checkDatabase(
  context: CommandContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { DATABASE_URL, DATA_DIR } = context.config;
  try {
    if (DATABASE_URL !== undefined) return await onServer(context, signal);
    const { database: folder, databaseLock } = placesIn(DATA_DIR);
    if (!(await exists(folder))) {
      return [ok(CHECK, `embedded: the first run makes it in ${folder}`)];
    }
    // Opening it takes its lock, which would make the file.
    if (await exists(databaseLock)) return await embedded(context, folder);
    return [ok(CHECK, `embedded in ${folder}, not opened: no run has been at work there yet`)];
  } catch (error) {
    if (error instanceof LockHeldError) {
      return [ok(CHECK, 'embedded, not opened: a run is at work in it')];
    }
    if (error instanceof ConfigError) throw error;
    const remedy = adviceFor(error, context.config) ?? remedyOf(DATABASE_URL, DATA_DIR);
    return [fail(CHECK, 74, reasonOf(error), remedy)];
  }
}

function remedyOf(url: string | undefined, dataDir: string | undefined): string {
  return url === undefined
    ? `see what is wrong in ${dataDir}; a run fills an empty folder anew`
    : 'see that the server runs and that DATABASE_URL names it';
}

async function onServer(context: CommandContext, signal: AbortSignal): Promise<Finding[]> {
  const { config, clock, adapters } = context;
  // What the server does not answer in time need not be tried again.
  const patience = { ...clock, sleep: (ms: number) => clock.sleep(ms, signal) };
  const database = await adapters.openDatabase(config, patience);
  const close = () => void database.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const facts = await readServerFacts(database);
    return [
      ...reached(facts, hostOf(config.DATABASE_URL)),
      ...(await migrations(context, database, facts)),
      ...(await rights(database, facts)),
      ...(await storage(context, database)),
    ];
  } finally {
    signal.removeEventListener('abort', close);
    await database.close();
  }
}

async function embedded(context: CommandContext, folder: string): Promise<Finding[]> {
  const database = await openToRead(context);
  try {
    const { version } = await readServerFacts(database);
    const { pending } = await statusOf(context, database);
    const tables =
      pending.length === 0 ? 'tables are current' : 'the next run brings its tables up to date';
    const opened = ok(CHECK, `embedded PostgreSQL ${version} in ${folder}; ${tables}`);
    return [opened, ...(await storage(context, database))];
  } finally {
    await database.close();
  }
}

function reached(
  { version, versionNumber, user, encoding, isReadOnly }: ServerFacts,
  host: string,
): Finding[] {
  const message = `PostgreSQL ${version} at ${host}, user ${user}`;
  const findings = [];
  if (versionNumber < OLDEST_VERSION_NUMBER) {
    findings.push(
      warn(CHECK, `${message}: too old to list contracts`, 'install PostgreSQL 13 or newer'),
    );
  }
  if (isReadOnly) {
    const remedy = adviceFor(new DatabaseError('', { sqlState: '25006' }), {
      DATABASE_URL: host,
    });
    findings.push(fail(CHECK, 74, `${message}: it is read-only`, remedy ?? ''));
  }
  const fault = encodingFault(encoding);
  if (fault !== undefined) {
    const [wrong = fault, remedy = ''] = fault.split(': ');
    findings.push(fail(CHECK, 74, wrong, remedy));
  }
  return findings.length === 0 ? [ok(CHECK, message)] : findings;
}

async function migrations(
  context: CommandContext,
  database: Database,
  { mayCreate }: ServerFacts,
): Promise<Finding[]> {
  const check = 'migrations';
  const { applied, pending, unknown, isEmpty } = await statusOf(context, database);
  if (unknown.length > 0) {
    const message = `the database is newer than this program: ${unknown.join(', ')}`;
    return [fail(check, 74, message, 'install the version that made it, or a later one')];
  }
  if (pending.length === 0) return [ok(check, `all ${applied.length} are applied`)];
  if (!isEmpty) {
    const message = `${pending.length} are pending: ${pending.join(', ')}`;
    return [fail(check, 74, message, 'run `contracts-agg migrate`')];
  }
  if (mayCreate === true) return [ok(check, 'no tables yet: the first run makes them')];
  const missing = mayCreate === null ? 'the schema does not exist' : 'this user may not make any';
  const remedy =
    'run `contracts-agg migrate` as the owner of the schema; SECURITY.md has the roles';
  return [fail(check, 74, `no tables are to be seen, and ${missing}`, remedy)];
}

/** Of a database that lacks a table, or that this user may not read, nothing is told. */
async function storage(context: CommandContext, database: Database): Promise<Finding[]> {
  const { pending } = await statusOf(context, database);
  if (pending.length > 0) return [];
  try {
    return [ok('size', storageWords(await readStorage(database, context.clock.now())))];
  } catch (error) {
    if (error instanceof DatabaseError) return [];
    throw error;
  }
}

async function rights(database: Database, { user }: ServerFacts): Promise<Finding[]> {
  const missing = await findMissingRights(database);
  if (missing.length === 0) return [ok('rights', `${user} may read and write the tables`)];
  const remedy = `GRANT SELECT, INSERT, UPDATE on our tables to ${user}; SECURITY.md has the SQL`;
  return [fail('rights', 74, `${user} lacks ${missing.join(', ')}`, remedy)];
}

async function statusOf({ adapters }: CommandContext, database: Database) {
  return migrationStatus(database, await adapters.readMigrations());
}

function hostOf(url = ''): string {
  return new URL(url).host || 'a local socket';
}
