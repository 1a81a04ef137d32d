import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { openEmbeddedDatabase } from '../../../src/database/open/embedded.ts';
import { modeOf } from '../../support/file-tree.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const CHILD = fileURLToPath(new URL('embedded-child.ts', import.meta.url));

async function useEmbedded<T>(dataDir: string, work: (database: Database) => Promise<T>) {
  const database = await openEmbeddedDatabase(join(dataDir, 'pgdata'), systemClock);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Starts the embedded database in a process of its own and kills that while it is at it. */
async function killFirstStart(dataDir: string): Promise<void> {
  const args = ['--import', 'tsx', CHILD, join(dataDir, 'pgdata')];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const exited = once(child, 'exit');
  const draft = join(dataDir, 'pgdata.draft', 'base');
  await vi.waitUntil(
    () =>
      readdir(draft).then(
        (names) => names.length > 0,
        () => false,
      ),
    {
      timeout: 120_000,
      interval: 5,
    },
  );
  child.kill('SIGKILL');
  await exited;
}

describe('the first start', () => {
  test('makes the data directory for its owner alone, and a second start keeps the data', async () => {
    const dataDir = join(await tempFolder(), 'not', 'there', 'yet');
    await useEmbedded(dataDir, async (database) => {
      await database.execute('CREATE TABLE notes (text text)');
      await database.transact((sql) => sql.execute('INSERT INTO notes VALUES ($1)', 'kept'));
    });
    expect(await readdir(dataDir)).toEqual(['pgdata']);
    expect(modeOf((await stat(join(dataDir, 'pgdata'))).mode)).toBe('700');

    const rows = await useEmbedded(dataDir, (database) => database.query('SELECT * FROM notes'));
    expect(rows).toEqual([{ text: 'kept' }]);
  });

  test('overcomes one that was killed half-way', async () => {
    const dataDir = await tempFolder();
    await killFirstStart(dataDir);
    expect(await readdir(dataDir)).toEqual(['pgdata.draft']);
    const rows = await useEmbedded(dataDir, (database) => database.query('SELECT 1 AS one'));
    expect(rows).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).toEqual(['pgdata']);
  });
});

test('the space of what was deleted is given back when the database is closed', async () => {
  const dataDir = await tempFolder();
  const bytesOf = (database: Database) =>
    database.query<{ bytes: number }>(`SELECT pg_total_relation_size('notes')::integer AS bytes`);
  const full = await useEmbedded(dataDir, async (database) => {
    await database.execute('CREATE TABLE notes (id integer, text text)');
    await database.execute(
      `INSERT INTO notes SELECT n, repeat('x', 100) FROM generate_series(1, 20000) AS n`,
    );
    return bytesOf(database);
  });
  await useEmbedded(dataDir, (database) => database.execute('DELETE FROM notes WHERE id % 10 > 0'));
  const left = await useEmbedded(dataDir, bytesOf);
  expect(left[0]?.bytes).toBeLessThan((full[0]?.bytes ?? 0) / 5);
});

describe('a data directory that cannot be used', () => {
  test('is named in the error when a file stands in its place', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    await expect(openEmbeddedDatabase(join(file, 'pgdata'), systemClock)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining(file),
    });
  });

  test('is named in the error when what lies there is no database', async () => {
    const dataDir = await tempFolder();
    await mkdir(join(dataDir, 'pgdata'));
    await writeFile(join(dataDir, 'pgdata', 'PG_VERSION'), '17\n');
    await expect(openEmbeddedDatabase(join(dataDir, 'pgdata'), systemClock)).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringContaining(join(dataDir, 'pgdata')),
    });
    expect(await readdir(dataDir)).toEqual(['pgdata']);
  });
});
