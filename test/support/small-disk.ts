import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, rmdir, statfs } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished, test } from 'vitest';

const execute = promisify(execFile);
const MIB = 1024 * 1024;

/** As root; and CI has to be. */
const canMount = userInfo().uid === 0 || process.env['CI'] !== undefined;
/** A test that needs a disk to fill runs where one may be mounted. */
export const diskTest = test.runIf(canMount);
/** As `diskTest`, on PostgreSQL. */
export const diskServerTest = test.runIf(canMount && inject('postgresUrl') !== null);

/** A file system of the test's own, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it until only so much is free. */
  leave(bytes: number): Promise<void>;
  /** Takes back what filled it. */
  clear(): Promise<void>;
}

/** @param options of tmpfs: `size=64m` */
export async function mountSmallDisk(options: string): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-agg-disk-'));
  const mount = `mode=1777,${options}`;
  await execute('mount', ['-t', 'tmpfs', '-o', mount, 'contracts-agg-test', folder]);
  onTestFinished(async () => {
    await execute('umount', ['--lazy', folder]);
    await rmdir(folder);
  });
  const ballast = join(folder, 'ballast');
  const clear = () => rm(ballast, { force: true });
  return {
    folder,
    clear,
    leave: async (bytes) => {
      await clear();
      const { bavail, bsize } = await statfs(folder);
      const file = await open(ballast, 'w');
      const block = Buffer.alloc(MIB);
      for (let left = bavail * bsize - bytes; left > 0; left -= block.length) {
        await file.write(block, 0, Math.min(left, block.length));
      }
      await file.close();
    },
  };
}
