import { cp, mkdir, mkdtemp, rename, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { messages, PGlite } from '@electric-sql/pglite';
import type { Clock } from '../../clock.ts';
import { DatabaseError, LockHeldError, reasonOf } from '../../errors.ts';
import { exists } from '../../files/existing.ts';
import { Database } from '../database.ts';
import { pgliteAdapter } from './pglite-adapter.ts';

/** SQLSTATE `disk_full`. */
const DISK_FULL = '53100';
const MIB = 1024 * 1024;
/** PostgreSQL writes its log in files of this size, each made as a whole. */
const LOG_FILE_BYTES = 16 * MIB;

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

/**
 * The embedded database as it stands, to read from: a copy is opened, since opening alone writes.
 * Without one, an empty database in memory.
 *
 * @param whileLocked keeps writers out while the files are copied
 */
export async function openEmbeddedCopy(
  folder: string,
  clock: Clock,
  whileLocked: (copy: () => Promise<void>) => Promise<void>,
): Promise<Database> {
  if (!(await exists(folder))) return openMemoryDatabase(clock);
  const copy = await mkdtemp(join(tmpdir(), 'contracts-agg-'));
  const remove = () => rm(copy, { recursive: true, force: true });
  try {
    await whileLocked(() => cp(folder, copy, { recursive: true }));
    return await openFolder(copy, clock, remove);
  } catch (error) {
    const failure =
      error instanceof LockHeldError ? error : await embeddedError(folder, error, copy);
    await remove();
    throw failure;
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
  const pglite = new CrashSafePglite(folder);
  await pglite.waitReady;
  return wrap(pglite, clock, afterClose);
}

/**
 * A server that panics, because its log cannot be written, ends. PGlite lives on, and its next
 * statement never comes back and blocks the process: so there is none.
 */
class CrashSafePglite extends PGlite {
  #crash: unknown;

  override execProtocol(...args: Parameters<PGlite['execProtocol']>) {
    return this.#unlessCrashed(() => super.execProtocol(...args));
  }

  override execProtocolStream(...args: Parameters<PGlite['execProtocolStream']>) {
    return this.#unlessCrashed(() => super.execProtocolStream(...args));
  }

  async #unlessCrashed<T>(work: () => Promise<T>): Promise<T> {
    if (this.#crash !== undefined) throw this.#crash;
    try {
      return await work();
    } catch (error) {
      if (!isAnswer(error)) this.#crash = error;
      throw error;
    }
  }
}

/** PostgreSQL refused a statement, and is ready for the next. */
function isAnswer(error: unknown): boolean {
  return error instanceof messages.DatabaseError && error.severity === 'ERROR';
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
async function embeddedError(
  folder: string,
  error: unknown,
  place = dirname(folder),
): Promise<DatabaseError> {
  if (error instanceof DatabaseError) return error;
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
