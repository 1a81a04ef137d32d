import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { FileCacheStore } from '../../../src/esi/cache/file-cache-store.ts';
import { packJson } from '../../../src/esi/cache/packed-json.ts';
import { RedisCacheStore } from '../../../src/esi/cache/redis-cache-store.ts';
import { type CachedHead, ResponseCache } from '../../../src/esi/cache/response-cache.ts';
import { readTree } from '../../support/file-tree.ts';
import { recordLog } from '../../support/recorded-log.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { connectTo, onRedis, privateRedis } from '../../support/use-redis.ts';

const HEAD: CachedHead = {
  etag: 'W/"abc"',
  lastModifiedMs: 1_788_868_800_000,
  expiresAtMs: 1_788_870_600_000,
  pages: 35,
  rows: 2,
};
const DATA = [{ contract_id: 1, title: 'Ærø "巡洋艦"' }, { contract_id: 2 }];
const BODY = await packJson(JSON.stringify(DATA));
const NO_ROWS = await packJson('[]');

async function newCache({ isReadOnly = false } = {}) {
  const folder = join(await tempFolder(), 'cache');
  const store = new FileCacheStore(folder);
  const { logger, lines } = recordLog();
  return { cache: new ResponseCache(store, logger, isReadOnly), store, folder, lines };
}

/** The one record of a folder. */
async function recordOf(folder: string): Promise<string> {
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

describe('a cached answer', () => {
  test('comes back as it was stored, compressed on the way', async () => {
    const { cache, folder } = await newCache();
    const data = Array.from({ length: 1000 }, () => DATA[0]);
    const packed = await packJson(JSON.stringify(data));
    await cache.store('key', HEAD, packed);
    expect(await cache.findHead('key')).toEqual(HEAD);
    expect(await cache.findBody('key')).toEqual({ packed, data });
    expect((await stat(await recordOf(folder))).size).toBeLessThan(2000);
  });

  test('without values for what ESI did not send comes back the same', async () => {
    const { cache } = await newCache();
    const bare = { etag: null, lastModifiedMs: null, expiresAtMs: 0, pages: null, rows: 0 };
    await cache.store('key', bare, NO_ROWS);
    expect(await cache.findHead('key')).toEqual(bare);
    expect(await cache.findBody('key')).toEqual({ packed: NO_ROWS, data: [] });
  });

  test('that is not there is a miss and no line in the log', async () => {
    const { cache, lines } = await newCache();
    expect(await cache.findHead('key')).toBeUndefined();
    expect(await cache.findBody('key')).toBeUndefined();
    await cache.replaceHead('key', HEAD);
    expect(await cache.findHead('key')).toBeUndefined();
    expect(lines).toEqual([]);
  });

  test('gets a new head and keeps its body', async () => {
    const { cache } = await newCache();
    await cache.store('key', HEAD, BODY);
    await cache.replaceHead('key', { ...HEAD, expiresAtMs: HEAD.expiresAtMs + 1 });
    expect(await cache.findHead('key')).toEqual({ ...HEAD, expiresAtMs: HEAD.expiresAtMs + 1 });
    expect(await cache.findBody('key')).toEqual({ packed: BODY, data: DATA });
  });
});

describe('a record that is broken', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['cut off within the head', Buffer.from('{"etag":"abc","expi')],
    ['something else', Buffer.from('<html>\n<body>')],
    ['all zeroes', Buffer.alloc(4096)],
  ])('because it is %s is a miss of head and body, told in debug lines', async (_about, bytes) => {
    const { cache, folder, lines } = await newCache();
    await cache.store('key', HEAD, BODY);
    await writeFile(await recordOf(folder), bytes);
    expect(await cache.findHead('key')).toBeUndefined();
    expect(await cache.findBody('key')).toBeUndefined();
    expect(lines.map(({ level, key }) => [level, key])).toEqual([
      ['debug', 'key'],
      ['debug', 'key'],
    ]);
  });

  test('because its body was cut off is a miss of the body', async () => {
    const { cache, folder } = await newCache();
    await cache.store('key', HEAD, BODY);
    const path = await recordOf(folder);
    await writeFile(path, (await readFile(path)).subarray(0, -5));
    expect(await cache.findBody('key')).toBeUndefined();
  });

  test('because its body is no JSON is a miss of the body', async () => {
    const { cache, store } = await newCache();
    await store.write('key', JSON.stringify(HEAD), gzipSync('[{"contract_id":1},'));
    expect(await cache.findBody('key')).toBeUndefined();
  });

  test('is mended by the next answer', async () => {
    const { cache, folder } = await newCache();
    await cache.store('key', HEAD, BODY);
    await writeFile(await recordOf(folder), 'broken');
    await cache.store('key', HEAD, BODY);
    expect(await cache.findBody('key')).toEqual({ packed: BODY, data: DATA });
  });
});

describe('a read-only cache', () => {
  test('reads and leaves every file as it is', async () => {
    const { cache, folder } = await newCache();
    await cache.store('key', HEAD, BODY);
    const before = await readTree(folder);
    const reader = new ResponseCache(new FileCacheStore(folder), recordLog().logger, true);
    expect(await reader.findHead('key')).toEqual(HEAD);
    expect(await reader.findBody('key')).toEqual({ packed: BODY, data: DATA });
    await reader.store('key', { ...HEAD, etag: 'other' }, NO_ROWS);
    await reader.store('new', HEAD, BODY);
    await reader.replaceHead('key', { ...HEAD, etag: 'other' });
    expect(await readTree(folder)).toEqual(before);
  });

  test('makes no folder', async () => {
    const { cache, folder } = await newCache({ isReadOnly: true });
    await cache.store('key', HEAD, BODY);
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a cache that fails', () => {
  test('is a miss and never an error, when its folder is a file', async () => {
    const folder = join(await tempFolder(), 'cache');
    await writeFile(folder, '');
    const { logger, lines } = recordLog();
    const cache = new ResponseCache(new FileCacheStore(folder), logger, false);
    await cache.store('key', HEAD, BODY);
    await cache.replaceHead('key', HEAD);
    expect(await cache.findHead('key')).toBeUndefined();
    expect(await cache.findBody('key')).toBeUndefined();
    expect(lines.map(({ level }) => level)).toEqual(['debug', 'debug', 'debug', 'debug']);
  });

  onRedis('in Redis', () => {
    test('is a miss and never an error, when the server is gone', async () => {
      const server = await privateRedis();
      const store = new RedisCacheStore(await connectTo(server.url), 'esi:');
      const cache = new ResponseCache(store, recordLog().logger, false);
      await cache.store('key', HEAD, BODY);
      expect(await cache.findBody('key')).toEqual({ packed: BODY, data: DATA });
      await server.stop();
      expect(await cache.findHead('key')).toBeUndefined();
      expect(await cache.findBody('key')).toBeUndefined();
      await cache.store('key', HEAD, BODY);
      await cache.replaceHead('key', HEAD);
    });
  });
});
