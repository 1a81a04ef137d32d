import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { DatabaseError, LockHeldError } from '../errors.ts';
import { Database } from './database.ts';

const FOLDER = 'pgdata';

/**
 * The embedded database of a data directory, made when it is not there. The caller holds the
 * directory's lock: two processes in one directory destroy it.
 *
 * @throws DatabaseError when the directory cannot be written or opened
 */
export async function openEmbeddedDatabase(dataDir: string): Promise<Database> {
  const folder = join(dataDir, FOLDER);
  try {
    if (!(await exists(folder))) await initialise(folder);
    return await openFolder(folder);
  } catch (error) {
    throw embeddedError(folder, error);
  }
}

/**
 * The embedded database as it stands, to read from: a copy is opened, since opening alone writes.
 * Without one, an empty database in memory.
 *
 * @param whileLocked keeps writers out while the files are copied
 */
export async function openEmbeddedCopy(
  dataDir: string,
  whileLocked: (copy: () => Promise<void>) => Promise<void>,
): Promise<Database> {
  const folder = join(dataDir, FOLDER);
  if (!(await exists(folder))) return openMemoryDatabase();
  const copy = await mkdtemp(join(tmpdir(), 'contracts-agg-'));
  const remove = () => rm(copy, { recursive: true, force: true });
  try {
    await whileLocked(() => cp(folder, copy, { recursive: true }));
    return await openFolder(copy, remove);
  } catch (error) {
    await remove();
    throw error instanceof LockHeldError ? error : embeddedError(folder, error);
  }
}

/** An empty database in memory. */
export async function openMemoryDatabase(): Promise<Database> {
  return wrap(await PGlite.create());
}

/** Killed in the middle of its first start, PGlite leaves a directory that never opens again. */
async function initialise(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const pglite = await PGlite.create(draft);
  await pglite.close();
  await rename(draft, folder);
}

async function openFolder(folder: string, afterClose?: () => Promise<void>): Promise<Database> {
  return wrap(await PGlite.create(folder), afterClose);
}

function wrap(pglite: PGlite, afterClose = async () => {}): Database {
  return new Database(new PrismaPGlite(pglite), async () => {
    await pglite.close();
    await afterClose();
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function embeddedError(folder: string, error: unknown): DatabaseError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DatabaseError(`the embedded database in ${folder} cannot be opened: ${reason}`, {
    cause: error,
  });
}
