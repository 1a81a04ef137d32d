import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { tryLock, unlock } from 'fs-native-extensions';
import { LockHeldError, LockLostError, LockUnavailableError, reasonOf } from '../errors.ts';
import { ifExists } from '../files/existing.ts';
import type { HeldLock, Lock } from './lock.ts';

/**
 * A lock of the operating system on a file. It ends with the process that holds it, however that
 * ends, so it needs no life time, and a process that sleeps keeps it.
 */
export class FileLock implements Lock {
  readonly #path: string;
  readonly #ifHeld: string;

  /** @param ifHeld what is said when another process holds it */
  constructor(path: string, ifHeld = `another process holds ${path}`) {
    this.#path = path;
    this.#ifHeld = ifHeld;
  }

  async acquire(): Promise<HeldLock> {
    const file = await this.#open();
    try {
      if (tryLock(file.fd)) return new HeldFileLock(this.#path, file);
    } catch (error) {
      await file.close();
      throw new LockUnavailableError(`cannot lock ${this.#path}`, { cause: error });
    }
    await file.close();
    throw new LockHeldError(this.#ifHeld);
  }

  async #open(): Promise<FileHandle> {
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      return await open(this.#path, 'a', 0o600);
    } catch (error) {
      throw new LockUnavailableError(`cannot open the lock file: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** Whether a process holds the lock now. It is tried for less than a millisecond, and nothing made. */
export async function isFileLockHeld(path: string): Promise<boolean> {
  const file = await ifExists(open(path, 'r+'));
  if (file === undefined) return false;
  try {
    if (!tryLock(file.fd)) return true;
    unlock(file.fd);
    return false;
  } finally {
    await file.close();
  }
}

class HeldFileLock implements HeldLock {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #loss = new AbortController();

  constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  get signal(): AbortSignal {
    return this.#loss.signal;
  }

  /** The lock is on the file, not on its name: with another file there, another run can hold it. */
  async assertHeld(): Promise<void> {
    const [ours, named] = await Promise.all([
      this.#file.stat(),
      stat(this.#path).catch(() => undefined),
    ]);
    if (named?.ino === ours.ino && named.dev === ours.dev) return;
    const error = new LockLostError(`${this.#path} was replaced while this run held it`);
    this.#loss.abort(error);
    throw error;
  }

  assertNotExpired(): void {
    this.#loss.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    try {
      await this.assertHeld();
      unlock(this.#file.fd);
    } finally {
      await this.#file.close();
    }
  }
}
