import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { openEmbeddedDatabase } from '../../../src/database/open/embedded.ts';
import { diskTest, mountSmallDisk } from '../../support/small-disk.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const CHILD = fileURLToPath(new URL('full-disk-child.ts', import.meta.url));
const DISK_FULL = '53100';
const PATIENCE = { timeout: 40_000, interval: 20 };

/** What was committed, and nothing else, is there when there is room again. */
async function expectStored(folder: string, rows: number | undefined): Promise<void> {
  const roomy = await tempFolder();
  await cp(folder, roomy, { recursive: true });
  const database = await openEmbeddedDatabase(roomy, systemClock);
  onTestFinished(() => database.close());
  expect(await database.query('SELECT count(*)::int AS rows FROM notes')).toEqual([{ rows }]);
}

diskTest('an embedded database whose log cannot grow refuses all that comes after', async () => {
  // There is room for the database and one file of its log, not for another.
  const disk = await mountSmallDisk('size=56m');
  const folder = join(disk.folder, 'data');
  const child = fork(CHILD, [folder], { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told: { stored: number } | undefined;
  child.once('message', (message) => {
    told = message as { stored: number };
  });
  const exited = once(child, 'exit');

  await vi.waitUntil(() => told !== undefined, PATIENCE);

  expect(told).toMatchObject({ failure: DISK_FULL, later: [DISK_FULL, DISK_FULL, DISK_FULL] });
  expect(await exited).toEqual([0, null]);
  await expectStored(folder, told?.stored);
});
