import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Clock } from '../../clock.ts';
import { DatabaseError, reasonOf } from '../../errors.ts';
import { exists } from '../../files/existing.ts';
import { Database } from '../database.ts';
import { FolderPglite, LOG_FILE_BYTES } from './folder-pglite.ts';
import { pgliteAdapter } from './pglite-adapter.ts';

/** SQLSTATE `disk_full`. */
const DISK_FULL = '53100';
const MIB = 1024 * 1024;

/**
 * The embedded database in a folder, made when it is not there. The caller keeps others out: two
 * processes in one folder destroy it.
 *
 * @param afterClose called when the database is closed, however that ended
 * @throws DatabaseError when the folder cannot be written or opened
 */
export async function openEmbeddedDatabase(
  folder: string,
  clock: Clock,
  afterClose?: () => Promise<void>,
): Promise<Database> {
  try {
    if (!(await exists(folder))) await initialise(folder);
    return await openFolder(folder, clock, afterClose);
  } catch (error) {
    throw await embeddedError(folder, error);
  }
}

/** An empty database in memory. */
export async function openMemoryDatabase(clock: Clock): Promise<Database> {
  return wrap(await PGlite.create(), clock);
}

/**
 * Killed in the middle of its first start, PGlite leaves a directory that never opens again. One
 * that cannot be finished would only fill the disk.
 */
async function initialise(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  const remove = () => rm(draft, { recursive: true, force: true });
  await remove();
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const pglite = await PGlite.create(draft);
    await pglite.close();
    await rename(draft, folder);
  } catch (error) {
    const failure = await embeddedError(folder, error);
    await remove();
    throw failure;
  }
}

async function openFolder(
  folder: string,
  clock: Clock,
  afterClose?: () => Promise<void>,
): Promise<Database> {
  const pglite = await FolderPglite.open(folder);
  return wrap(pglite, clock, afterClose);
}

function wrap(pglite: PGlite, clock: Clock, afterClose = async () => {}): Database {
  const close = async () => {
    try {
      await pglite.close();
    } finally {
      await afterClose();
    }
  };
  return new Database({ adapter: pgliteAdapter(pglite), clock, close });
}

/** PGlite tells of a full disk in many ways, and in none of them by name. */
async function embeddedError(folder: string, error: unknown): Promise<DatabaseError> {
  if (error instanceof DatabaseError) return error;
  const place = dirname(folder);
  const freeBytes = await freeSpaceOf(place);
  const isFull = freeBytes < LOG_FILE_BYTES;
  const free = `no space left: ${Math.floor(freeBytes / MIB)} MiB are free on the disk of ${place}`;
  const reason = isFull ? free : reasonOf(error);
  return new DatabaseError(`the embedded database in ${folder} cannot be opened: ${reason}`, {
    sqlState: isFull ? DISK_FULL : undefined,
    cause: error,
  });
}

async function freeSpaceOf(folder: string): Promise<number> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  );
}
