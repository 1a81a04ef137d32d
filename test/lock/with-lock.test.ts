import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from '../../src/composition/compose-lock.ts';
import { LockHeldError } from '../../src/errors.ts';
import { FileLock } from '../../src/lock/file-lock.ts';
import type { Lock } from '../../src/lock/lock.ts';
import { recordLog } from '../support/recorded-log.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function newFileLock(): Promise<FileLock> {
  return new FileLock(join(await tempFolder(), 'run.lock'));
}

/** A lock that is taken well and cannot be given back. */
async function unreleasable(): Promise<Lock> {
  const lock = await newFileLock();
  return {
    acquire: async () => {
      const held = await lock.acquire();
      await held.release();
      return held;
    },
  };
}

test('the lock is held during the work and free after it', async () => {
  const lock = await newFileLock();
  const { logger, lines } = recordLog();
  const result = await withLock(lock, logger, async (held) => {
    await held.assertHeld();
    await expect(lock.acquire()).rejects.toBeInstanceOf(LockHeldError);
    return 'done';
  });
  expect(result).toBe('done');
  await (await lock.acquire()).release();
  expect(lines.map(({ level, msg }) => `${level}: ${msg}`)).toEqual([
    'debug: lock taken',
    'info: lock released',
  ]);
});

test('work that fails frees the lock, and its failure is thrown as it was', async () => {
  const lock = await newFileLock();
  const failure = new RangeError('a fault of ours');
  const running = withLock(lock, recordLog().logger, () => Promise.reject(failure));
  await expect(running).rejects.toBe(failure);
  await (await lock.acquire()).release();
});

test('while another run holds the lock, the work does not begin', async () => {
  const lock = await newFileLock();
  const held = await lock.acquire();
  let hasBegun = false;
  const running = withLock(lock, recordLog().logger, async () => {
    hasBegun = true;
  });
  await expect(running).rejects.toBeInstanceOf(LockHeldError);
  expect(hasBegun).toBe(false);
  await held.release();
});

test('a release that fails is logged and hides neither result nor failure of the work', async () => {
  const { logger, lines } = recordLog();
  expect(await withLock(await unreleasable(), logger, async () => 'done')).toBe('done');
  const failure = new RangeError('a fault of ours');
  const running = withLock(await unreleasable(), logger, () => Promise.reject(failure));
  await expect(running).rejects.toBe(failure);
  const complaints = lines.filter(({ msg }) => msg === 'lock could not be released');
  expect(complaints.map(({ level }) => level)).toEqual(['error', 'error']);
});
