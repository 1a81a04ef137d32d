import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LockHeldError, LockLostError, LockUnavailableError } from '../../src/errors.ts';
import { FileLock } from '../../src/lock/file-lock.ts';
import { modeOf } from '../support/file-tree.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { conformsToLock } from './lock-conformance.ts';

const CHILD = fileURLToPath(new URL('file-lock-child.ts', import.meta.url));
const NOBODY = 65_534;

/** Lets another process take the lock; resolves to the first line that it says. */
async function takeElsewhere(path: string, user: { uid?: number } = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, path], {
    ...user,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const [said] = await once(createInterface(child.stdout), 'line');
  return { said: String(said), kill };
}

describe('the lock file', () => {
  conformsToLock(async () => {
    const path = join(await tempFolder(), 'run.lock');
    const aside = `${path}.aside`;
    return { newLock: () => new FileLock(path), remove: () => rename(path, aside) };
  });

  test('is made with its folder, for the owner alone', async () => {
    const folder = join(await tempFolder(), 'data', 'deep');
    const path = join(folder, 'run.lock');
    const held = await new FileLock(path).acquire();
    expect(modeOf((await stat(folder)).mode)).toBe('700');
    expect(modeOf((await stat(path)).mode)).toBe('600');
    await held.release();
  });

  test('is lost when another file takes its place', async () => {
    const path = join(await tempFolder(), 'run.lock');
    const held = await new FileLock(path).acquire();
    await writeFile(`${path}.new`, '');
    await rename(`${path}.new`, path);
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
    await held.release().catch(() => undefined);
  });

  test('of a run that is over lies about and is free', async () => {
    const path = join(await tempFolder(), 'run.lock');
    await writeFile(path, 'left by a run long ago');
    const held = await new FileLock(path).acquire();
    await held.release();
  });
});

describe('another process', () => {
  test('that holds the lock is respected, and its death frees the lock', async () => {
    const path = join(await tempFolder(), 'run.lock');
    const { said, kill } = await takeElsewhere(path);
    expect(said).toBe('held');
    await expect(new FileLock(path).acquire()).rejects.toBeInstanceOf(LockHeldError);
    await kill();
    const held = await new FileLock(path).acquire();
    await held.assertHeld();
    await held.release();
  });
});

describe('a place where no lock can be kept', () => {
  test('because a file stands where the folder should be is named in the error', async () => {
    const file = join(await tempFolder(), 'file');
    await writeFile(file, '');
    const failure = await new FileLock(join(file, 'run.lock')).acquire().catch((error) => error);
    expect(failure).toBeInstanceOf(LockUnavailableError);
    expect(String(failure)).toContain(file);
  });

  test('because a folder stands where the file should be is named in the error', async () => {
    const path = join(await tempFolder(), 'run.lock');
    await mkdir(path);
    const failure = await new FileLock(path).acquire().catch((error) => error);
    expect(failure).toBeInstanceOf(LockUnavailableError);
    expect(String(failure)).toContain(path);
  });

  test('because the folder may not be written to is named in the error', async () => {
    const isRoot = process.getuid?.() === 0;
    const folder = await tempFolder();
    // Nothing keeps root from writing, so another user has to try.
    if (isRoot) await chown(folder, NOBODY, -1);
    await chmod(folder, 0o500);
    const { said } = await takeElsewhere(join(folder, 'run.lock'), isRoot ? { uid: NOBODY } : {});
    expect(said).toMatch(/^LockUnavailableError: /);
    expect(said).toContain(join(folder, 'run.lock'));
  });
});
