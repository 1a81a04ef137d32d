import { watch } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { modeOf } from '../../support/file-tree.ts';
import { openWorld, THE_FORGE, type World } from '../../support/run-world.ts';

/** A process that leaves the rights of what it makes to chance. */
const CARELESS = { NODE_OPTIONS: '--import=data:text/javascript,process.umask(0)' };

// One data directory through its life, as making the first takes seconds.
let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openWorld({ embedded: true, contracts: 6, regionIds: [THE_FORGE] }));
});

afterAll(() => close());

/** Rights of folders, and of files outside the database: its own lie behind its folders. */
async function modesIn(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const entry of entries) {
    const { mode } = await lstat(join(entry.parentPath, entry.name));
    if (entry.isDirectory()) folders.add(modeOf(mode));
    if (entry.isFile() && !entry.parentPath.includes('pgdata')) files.add(modeOf(mode));
  }
  return { folders: [...folders], files: [...files] };
}

/** Names and rights of what appears in a folder. */
function watchFolder(folder: string): { readonly seen: string[] } {
  const seen: string[] = [];
  const watcher = watch(folder, (_event, name) => {
    void lstat(join(folder, String(name))).then(
      (stats) => seen.push(`${name} ${stats.isDirectory() ? modeOf(stats.mode) : 'no folder'}`),
      () => undefined,
    );
  });
  onTestFinished(() => watcher.close());
  return { seen };
}

test('a run makes files and folders for their owner alone, whatever the umask, and follows no planted link', async () => {
  const victim = join(world.folder, 'victim');
  await mkdir(victim);
  await writeFile(join(victim, 'precious'), 'kept');
  await mkdir(world.dataDir, { mode: 0o700 });
  await symlink(victim, join(world.dataDir, 'pgdata.draft'));
  await symlink(join(victim, 'precious'), join(world.dataDir, 'run.lock'));

  const { summary } = world.read(await world.spawnRun([], CARELESS).done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  expect(await modesIn(world.dataDir)).toEqual({ folders: ['700'], files: ['600'] });
  expect(await readdir(world.dataDir)).toEqual(expect.arrayContaining(['pgdata', 'esi-cache']));
  expect(await readdir(victim)).toEqual(['precious']);
  expect(await readFile(join(victim, 'precious'), 'utf8')).toBe('kept');
  await world.expectTruth();
});

test('a command that reads leaves nothing among the temporary files, not even for a moment', async () => {
  const temporary = join(world.folder, 'tmp');
  await mkdir(temporary);
  const { seen } = watchFolder(temporary);

  const result = await world.spawn(['status'], { ...CARELESS, TMPDIR: temporary }).done;

  expect(result).toMatchObject({ exitCode: 0 });
  expect(seen).toEqual([]);
});

test('a data directory that everybody may write to is warned of', async () => {
  const warnings = async () => (await world.run()).log.filter(({ level }) => level === 'warn');
  expect(await warnings()).toEqual([]);
  await chmod(world.dataDir, 0o777);

  expect(await warnings()).toEqual([expect.objectContaining({ folders: [world.dataDir] })]);
});
