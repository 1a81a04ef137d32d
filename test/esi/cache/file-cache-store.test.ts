import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileCacheStore } from '../../../src/esi/cache/file-cache-store.ts';
import { modeOf } from '../../support/file-tree.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { conformsToCacheStore } from './cache-conformance.ts';

const DAY_MS = 24 * 3600 * 1000;
const BODY = Buffer.from('body');

async function newStore() {
  const folder = join(await tempFolder(), 'data', 'esi-cache');
  return { folder, store: new FileCacheStore(folder) };
}

/** Makes every file of a folder look as if it was written some time ago. */
async function age(folder: string, ageMs: number, now: Date): Promise<void> {
  const then = new Date(now.getTime() - ageMs);
  for (const name of await readdir(folder)) await utimes(join(folder, name), then, then);
}

describe('cache files', () => {
  conformsToCacheStore(async () => (await newStore()).store);

  test('can be read by their owner alone', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    expect(modeOf((await stat(folder)).mode)).toBe('700');
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    for (const name of names) {
      expect(modeOf((await stat(join(folder, name))).mode)).toBe('600');
    }
  });

  test('are not made by reading', async () => {
    const { folder, store } = await newStore();
    await store.readHead('key');
    await store.readBody('key');
    await store.replaceHead('key', 'head');
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('are complete or not there: no draft is left', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    await store.replaceHead('key', 'newer');
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('survive the process: another store of the folder reads them', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    expect(await new FileCacheStore(folder).readHead('key')).toBe('head');
  });

  test('that cannot be read are an error, which the cache takes as a miss', async () => {
    const { folder, store } = await newStore();
    await mkdir(join(folder, '..'), { recursive: true });
    await writeFile(folder, 'a file in the place of the folder');
    await expect(store.readHead('key')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('pruning cache files', () => {
  const now = new Date('2026-09-08T12:00:00Z');

  test('removes what nobody wrote for a week', async () => {
    const { folder, store } = await newStore();
    await store.write('old', 'head', BODY);
    await age(folder, 7 * DAY_MS + 1000, now);
    await store.prune(now.getTime());
    expect(await readdir(folder)).toEqual([]);
  });

  test('keeps what was written within a week', async () => {
    const { folder, store } = await newStore();
    await store.write('young', 'head', BODY);
    await age(folder, 7 * DAY_MS - 1000, now);
    await store.prune(now.getTime());
    expect(await store.readHead('young')).toBe('head');
  });

  test('a replaced head counts as written', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    await age(folder, 30 * DAY_MS, now);
    await store.replaceHead('key', 'newer');
    await store.prune(Date.now());
    expect(await store.readHead('key')).toBe('newer');
  });

  test('removes drafts of runs that died, however young', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    await writeFile(join(folder, 'draft.tmp'), 'half a rec');
    await store.prune(Date.now());
    expect(await readdir(folder)).toHaveLength(1);
    expect(await store.readHead('key')).toBe('head');
  });

  test('leaves alone what is no file, whatever it is called', async () => {
    const { folder, store } = await newStore();
    await store.write('key', 'head', BODY);
    await mkdir(join(folder, 'folder.tmp'));
    await store.prune(Date.now());
    expect(await readdir(folder)).toContain('folder.tmp');
    expect(await store.readHead('key')).toBe('head');
  });

  test('has nothing to do where there is no folder, and makes none', async () => {
    const { folder, store } = await newStore();
    await store.prune(now.getTime());
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
