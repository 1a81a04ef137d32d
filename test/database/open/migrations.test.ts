import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  MIGRATIONS_FOLDER,
  type Migration,
  migrate,
  migrationStatus,
  readMigrations,
} from '../../../src/database/open/migrations.ts';
import { onEachEmptyDatabase, onServer } from '../../support/use-database.ts';
import { columnsOf } from '../information-schema.ts';

const MIGRATIONS = await readMigrations();
const NAMES = MIGRATIONS.map(({ name }) => name);
const [FIRST] = NAMES;

function migrationOf(name: string, sql: string): Migration {
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

function applies(database: () => Database): void {
  test('an empty database gets every migration, oldest first', async () => {
    expect(await migrate(database().transact, MIGRATIONS)).toEqual(NAMES);
    expect(await migrationStatus(database(), MIGRATIONS)).toEqual({
      applied: NAMES,
      pending: [],
      unknown: [],
      isEmpty: false,
    });
  });

  test('what is applied is not applied again', async () => {
    await migrate(database().transact, MIGRATIONS);
    expect(await migrate(database().transact, MIGRATIONS)).toEqual([]);
    expect(await database().query('SELECT migration_name FROM _prisma_migrations')).toHaveLength(
      NAMES.length,
    );
  });

  test('only what is new is applied to a database of an earlier version', async () => {
    await migrate(database().transact, MIGRATIONS);
    const next = migrationOf('99990101000000_next', 'CREATE TABLE next (id integer);');
    expect(await migrationStatus(database(), [...MIGRATIONS, next])).toEqual({
      applied: NAMES,
      pending: [next.name],
      unknown: [],
      isEmpty: false,
    });
    expect(await migrate(database().transact, [...MIGRATIONS, next])).toEqual([next.name]);
    expect(await database().query('SELECT * FROM next')).toEqual([]);
  });

  test('a migration that fails leaves nothing behind, of itself and of those before it', async () => {
    const broken = migrationOf('99990101000000_broken', 'CREATE TABLE a (b integer);\nSELEKT 1;');
    await expect(migrate(database().transact, [...MIGRATIONS, broken])).rejects.toMatchObject({
      name: 'DatabaseError',
      sqlState: '42601',
    });
    expect(await columnsOf(database())).toEqual([]);
    expect(await migrate(database().transact, MIGRATIONS)).toEqual(NAMES);
  });
}

function records(database: () => Database): void {
  test('each migration is recorded with the checksum of its file, as Prisma does', async () => {
    await migrate(database().transact, MIGRATIONS);
    const rows = await database().query<{ name: string; checksum: string }>(
      `SELECT migration_name AS name, checksum FROM _prisma_migrations
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL AND logs IS NULL
         AND applied_steps_count = 1 AND started_at IS NOT NULL AND length(id) = 36
       ORDER BY name`,
    );
    const expected = await Promise.all(
      NAMES.map(async (name) => {
        const file = await readFile(join(MIGRATIONS_FOLDER, name, 'migration.sql'));
        return { name, checksum: createHash('sha256').update(file).digest('hex') };
      }),
    );
    expect(rows).toEqual(expected);
  });

  test("the table of records is Prisma's", async () => {
    await migrate(database().transact, MIGRATIONS);
    const columns = await columnsOf(database(), '_prisma_migrations');
    expect(columns.map(({ column, type, isNullable }) => [column, type, isNullable])).toEqual([
      ['applied_steps_count', 'integer', false],
      ['checksum', 'character varying(64)', false],
      ['finished_at', 'timestamp with time zone', true],
      ['id', 'character varying(36)', false],
      ['logs', 'text', true],
      ['migration_name', 'character varying(255)', false],
      ['rolled_back_at', 'timestamp with time zone', true],
      ['started_at', 'timestamp with time zone', false],
    ]);
  });
}

function tellsStatus(database: () => Database): void {
  test('a database without tables is empty and lacks everything', async () => {
    expect(await migrationStatus(database(), MIGRATIONS)).toEqual({
      applied: [],
      pending: NAMES,
      unknown: [],
      isEmpty: true,
    });
  });

  test('to ask for the status changes nothing', async () => {
    await migrationStatus(database(), MIGRATIONS);
    expect(await columnsOf(database())).toEqual([]);
  });

  test('tables of others do not count', async () => {
    await database().execute('CREATE TABLE prices (id integer)');
    expect(await migrationStatus(database(), MIGRATIONS)).toMatchObject({ isEmpty: true });
  });

  test('a table of ours that no migration made is not overwritten', async () => {
    await database().execute('CREATE TABLE contracts (id integer)');
    expect(await migrationStatus(database(), MIGRATIONS)).toMatchObject({ isEmpty: false });
    await expect(migrate(database().transact, MIGRATIONS)).rejects.toMatchObject({
      name: 'DatabaseError',
      sqlState: '42P07',
    });
  });
}

function refuses(database: () => Database): void {
  const migrated = async (change: string) => {
    await migrate(database().transact, MIGRATIONS);
    await database().execute(`UPDATE _prisma_migrations SET ${change}`);
  };

  test('a migration that was applied from another file is an error', async () => {
    await migrated(`checksum = repeat('0', 64)`);
    const refusal = { name: 'DatabaseError', message: expect.stringContaining(String(FIRST)) };
    await expect(migrationStatus(database(), MIGRATIONS)).rejects.toMatchObject(refusal);
    await expect(migrate(database().transact, MIGRATIONS)).rejects.toMatchObject(refusal);
  });

  test('a migration that failed half-way elsewhere is an error that names the way out', async () => {
    await migrated('finished_at = NULL');
    const refusal = { name: 'DatabaseError', message: expect.stringContaining('prisma migrate') };
    await expect(migrationStatus(database(), MIGRATIONS)).rejects.toMatchObject(refusal);
    await expect(migrate(database().transact, MIGRATIONS)).rejects.toMatchObject(refusal);
  });

  test('a migration that was rolled back is to be applied again', async () => {
    await migrated('finished_at = NULL, rolled_back_at = now()');
    expect(await migrationStatus(database(), MIGRATIONS)).toMatchObject({ pending: NAMES });
  });

  test('a half-way failure that was rolled back and applied again is no fault any more', async () => {
    await migrated('finished_at = finished_at');
    await database().execute(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, rolled_back_at)
       VALUES ('first try', repeat('0', 64), $1, now())`,
      FIRST,
    );
    expect(await migrationStatus(database(), MIGRATIONS)).toMatchObject({ applied: NAMES });
  });
}

onEachEmptyDatabase('migrations', (database) => {
  describe('applying', () => applies(database));
  describe('records', () => records(database));
  describe('status', () => tellsStatus(database));
  describe('refusals', () => refuses(database));
});

onServer('migrators at once', (open) => {
  test('two migrators apply each migration once', async () => {
    const [first, second] = [open(), open()];
    const applied = await Promise.all([
      migrate(first.transact, MIGRATIONS),
      migrate(second.transact, MIGRATIONS),
    ]);
    expect(applied.flat()).toEqual(NAMES);
    expect(await first.query('SELECT migration_name FROM _prisma_migrations')).toHaveLength(
      NAMES.length,
    );
  });
});
