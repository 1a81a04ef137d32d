import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMigrations, splitStatements } from '../../../src/database/open/migrations.ts';
import { tempFolder } from '../../support/temp-folder.ts';

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await tempFolder();
  for (const [name, sql] of Object.entries(files)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
  }
  return folder;
}

describe('reading migrations', () => {
  test('they come in the order of their names, each with the SHA-256 of its file', async () => {
    const folder = await folderWith({ '2_second': 'SELECT 2;', '1_first': 'SELECT 1; -- é' });
    await writeFile(join(folder, 'migration_lock.toml'), 'provider = "postgresql"');
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(await readMigrations(folder)).toEqual([
      { name: '1_first', sql: 'SELECT 1; -- é', checksum: sha256('SELECT 1; -- é') },
      { name: '2_second', sql: 'SELECT 2;', checksum: sha256('SELECT 2;') },
    ]);
  });

  test('the migrations of this version are named as Prisma names them', async () => {
    const migrations = await readMigrations();
    expect(migrations).not.toEqual([]);
    for (const { name } of migrations) expect(name).toMatch(/^\d{14}_[a-z0-9_]+$/);
  });
});

describe('splitting statements', () => {
  test('each statement ends with a semicolon at the end of a line', () => {
    expect(splitStatements('CREATE TABLE a (\n  b integer\n);\nDROP TABLE a;\n')).toEqual([
      'CREATE TABLE a (\n  b integer\n)',
      'DROP TABLE a',
    ]);
  });

  test('a last statement without semicolon counts', () => {
    expect(splitStatements('SELECT 1;\nSELECT 2')).toEqual(['SELECT 1', 'SELECT 2']);
  });

  test('comment lines and empty statements are left out', () => {
    const sql = '-- CreateTable\n  -- indented;\nSELECT 1;\n\n;\n-- the end';
    expect(splitStatements(sql)).toEqual(['SELECT 1']);
  });

  test('a semicolon within a line does not end a statement', () => {
    expect(splitStatements(`SELECT ';', 'a;b';`)).toEqual([`SELECT ';', 'a;b'`]);
  });

  test('files with carriage returns are split the same way', () => {
    expect(splitStatements('SELECT 1;\r\nSELECT 2;\r\n')).toEqual(['SELECT 1', 'SELECT 2']);
  });

  test('no statement of our migrations is lost or cut', async () => {
    for (const { sql } of await readMigrations()) {
      const statements = splitStatements(sql);
      for (const statement of statements)
        expect(statement).toMatch(/^(CREATE|ALTER|DROP|UPDATE|COMMENT ON) /);
      expect(statements).toHaveLength(sql.match(/;$/gm)?.length ?? 0);
    }
  });
});
