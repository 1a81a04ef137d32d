import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseError } from '../../errors.ts';
import type { SqlExecutor, Transact } from '../database.ts';

/** `prisma/migrations` lies two folders above both `src/database` and `dist/database`. */
export const MIGRATIONS_FOLDER = fileURLToPath(
  new URL('../../../prisma/migrations', import.meta.url),
);
/** The advisory lock that `prisma migrate` takes, so that the two never run at once. */
const PRISMA_MIGRATE_LOCK = 72707369;

const CREATE_RECORD_TABLE = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

const HAS_RECORD_TABLE = `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS found`;
const HAS_OUR_TABLE = `SELECT to_regclass('contracts') IS NOT NULL AS found`;

const SELECT_ENCODING = `SELECT current_setting('server_encoding') AS encoding`;
const USABLE_ENCODINGS: ReadonlySet<string> = new Set(['UTF8', 'SQL_ASCII']);

const SELECT_RECORDS = `
SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
FROM _prisma_migrations WHERE rolled_back_at IS NULL`;

const RECORD = `
INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
VALUES ($1, $2, now(), $3, 1)`;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex, as Prisma records it. */
  readonly checksum: string;
}

interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** How a database stands against the migrations of this version. */
export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied ones that are newer than this version. */
  readonly unknown: readonly string[];
  /** No table of ours is there at all. */
  readonly isEmpty: boolean;
}

/** The migrations of this version, oldest first. */
export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    folders.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** @throws DatabaseError when the database was migrated by something else than this version's files */
export async function migrationStatus(
  sql: Pick<SqlExecutor, 'query'>,
  migrations: readonly Migration[],
): Promise<MigrationStatus> {
  // First: another run that migrates meanwhile must not make the tables look as if without records.
  const hasOurTable = await isFound(sql, HAS_OUR_TABLE);
  const hasRecords = await isFound(sql, HAS_RECORD_TABLE);
  const records = hasRecords ? await sql.query<MigrationRecord>(SELECT_RECORDS) : [];
  const isEmpty = records.length === 0 && !hasOurTable;
  const applied = migrations.filter((migration) => isApplied(migration, records));
  const pending = migrations.filter((migration) => !applied.includes(migration));
  // Older ones are those of another program in the same schema.
  const last = migrations.at(-1)?.name ?? '';
  const unknown = [...new Set(records.map(nameOf))].filter((name) => name > last);
  return { applied: applied.map(nameOf), pending: pending.map(nameOf), unknown, isEmpty };
}

/**
 * What a newer version has made of the tables, this one would read and write wrongly.
 *
 * @throws DatabaseError when there are migrations that this version does not know
 */
export function assertNotNewer({ unknown }: Pick<MigrationStatus, 'unknown'>): void {
  if (unknown.length === 0) return;
  const names = unknown.join(', ');
  const message = `the database is newer than this program, which does not know ${names}: install the version that made it, or a later one`;
  throw new DatabaseError(message);
}

/**
 * PostgreSQL cannot store what players write in any other encoding; SQL_ASCII takes all bytes as
 * they are.
 *
 * @throws DatabaseError that says what to do
 */
export async function assertEncoding(sql: SqlExecutor): Promise<void> {
  const [row] = await sql.query<{ encoding: string }>(SELECT_ENCODING);
  const fault = row && encodingFault(row.encoding);
  if (fault !== undefined) throw new DatabaseError(fault);
}

/** What is wrong with a database in this encoding; undefined where nothing is. */
export function encodingFault(encoding: string): string | undefined {
  if (USABLE_ENCODINGS.has(encoding)) return undefined;
  return `the database is in ${encoding}, which lacks most of the characters that players use: create one with ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL`;
}

/**
 * Applies what is pending, all in one transaction, and records it as Prisma does, so that
 * `prisma migrate deploy` and `prisma migrate status` agree with it elsewhere.
 *
 * @returns names of the migrations applied now
 */
export async function migrate(
  transact: Transact,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return transact(async (sql) => {
    await sql.query('SELECT pg_advisory_xact_lock($1::bigint)::text', PRISMA_MIGRATE_LOCK);
    await sql.execute(CREATE_RECORD_TABLE);
    const status = await migrationStatus(sql, migrations);
    assertNotNewer(status);
    await assertEncoding(sql);
    const { pending } = status;
    for (const migration of migrations.filter(({ name }) => pending.includes(name))) {
      for (const statement of splitStatements(migration.sql)) await sql.execute(statement);
      await sql.execute(RECORD, randomUUID(), migration.checksum, migration.name);
    }
    return pending;
  });
}

/** Statements end with a semicolon at the end of a line; our migrations hold no other such text. */
export function splitStatements(sql: string): string[] {
  const withoutComments = sql.replace(/^\s*--.*$/gm, '');
  return withoutComments
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function isApplied(migration: Migration, records: readonly MigrationRecord[]): boolean {
  const record = records.find(({ name }) => name === migration.name);
  if (record === undefined) return false;
  if (!record.finished) {
    throw new DatabaseError(
      `migration ${migration.name} failed half-way elsewhere: mend it with \`prisma migrate resolve\``,
    );
  }
  if (record.checksum !== migration.checksum) {
    throw new DatabaseError(
      `migration ${migration.name} was applied from another file: this is not the database of this version`,
    );
  }
  return true;
}

async function isFound(sql: Pick<SqlExecutor, 'query'>, statement: string): Promise<boolean> {
  const [row] = await sql.query<{ found: boolean }>(statement);
  return row?.found === true;
}

function nameOf({ name }: Pick<Migration, 'name'>): string {
  return name;
}
