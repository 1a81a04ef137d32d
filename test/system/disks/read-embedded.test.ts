import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { openEmbeddedCopy } from '../../../src/database/open/embedded.ts';
import { LockHeldError } from '../../../src/errors.ts';
import { readTree } from '../../support/file-tree.ts';
import { pristinePglite } from '../../support/pristine-pglite.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const atOnce = (copy: () => Promise<void>) => copy();

/** A folder of the test's own in place of /tmp, to see what is left there. */
async function ownTmp(): Promise<string> {
  const folder = await tempFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return folder;
}

async function useDatabase<T>(
  opening: Promise<Database>,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await opening;
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A data directory whose database holds one note. No test may change it. */
let dataDir = '';

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'contracts-agg-test-'));
  const loadDataDir = await pristinePglite();
  const pglite = await PGlite.create(join(dataDir, 'pgdata'), { loadDataDir });
  await pglite.exec(`CREATE TABLE notes AS SELECT 'kept' AS text`);
  await pglite.close();
  return () => rm(dataDir, { recursive: true, force: true });
});

function findNotes(database: Database): Promise<unknown[]> {
  return database.query('SELECT text FROM notes ORDER BY text');
}

describe('a copy of the embedded database', () => {
  test('shows what is stored, and changes no file of the data directory when it is written to', async () => {
    const before = await readTree(dataDir);
    expect(Object.keys(before).length).toBeGreaterThan(500);
    await useDatabase(
      openEmbeddedCopy(join(dataDir, 'pgdata'), systemClock, atOnce),
      async (database) => {
        expect(await findNotes(database)).toEqual([{ text: 'kept' }]);
        await database.execute(`INSERT INTO notes VALUES ('of the copy')`);
        expect(await findNotes(database)).toHaveLength(2);
      },
    );
    expect(await readTree(dataDir)).toEqual(before);
  });

  test('is made while the lock is held, opened after it was given back, removed when closed', async () => {
    const tmp = await ownTmp();
    const counts: number[] = [];
    const countFiles = async () => counts.push((await readdir(tmp, { recursive: true })).length);
    const whileLocked = async (copy: () => Promise<void>) => {
      await countFiles();
      await copy();
      await countFiles();
    };
    await useDatabase(
      openEmbeddedCopy(join(dataDir, 'pgdata'), systemClock, whileLocked),
      countFiles,
    );
    const [before = 0, copied = 0, opened = 0] = counts;
    expect(before).toBe(1);
    expect(copied).toBeGreaterThan(500);
    // An open database has files of its own that a closed one lacks.
    expect(opened).toBeGreaterThan(copied);
    expect(await readdir(tmp)).toEqual([]);
  });
});

describe('a copy that cannot be made', () => {
  test('because a writer holds the lock says so and leaves nothing', async () => {
    const tmp = await ownTmp();
    const held = new LockHeldError('a run is at work');
    await expect(
      openEmbeddedCopy(join(dataDir, 'pgdata'), systemClock, () => Promise.reject(held)),
    ).rejects.toBe(held);
    expect(await readdir(tmp)).toEqual([]);
  });

  test('for another reason is a DatabaseError that names the folder, and leaves nothing', async () => {
    const tmp = await ownTmp();
    const opening = openEmbeddedCopy(join(dataDir, 'pgdata'), systemClock, () =>
      Promise.reject(new Error('disk full')),
    );
    await expect(opening).rejects.toMatchObject({
      name: 'DatabaseError',
      message: expect.stringMatching(/pgdata.*disk full/),
    });
    expect(await readdir(tmp)).toEqual([]);
  });
});

describe('without a database in the data directory', () => {
  test('an empty one in memory stands in, and the directory is not made', async () => {
    const parent = await tempFolder();
    const tmp = await ownTmp();
    const opening = openEmbeddedCopy(join(parent, 'data', 'pgdata'), systemClock, () =>
      Promise.reject(new Error('asked')),
    );
    const tables = await useDatabase(opening, (database) =>
      database.query(`SELECT 1 FROM pg_tables WHERE schemaname = 'public'`),
    );
    expect(tables).toEqual([]);
    expect(await readdir(parent)).toEqual([]);
    expect(await readdir(tmp)).toEqual([]);
  });
});
