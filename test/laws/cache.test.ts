import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { FileCacheStore } from '../../src/esi/cache/file-cache-store.ts';
import { packJson, unpackJson } from '../../src/esi/cache/packed-json.ts';
import { type CachedHead, ResponseCache } from '../../src/esi/cache/response-cache.ts';
import { wireTexts } from '../support/hostile-texts.ts';
import { law } from '../support/laws.ts';
import { recordLog } from '../support/recorded-log.ts';
import { tempFolder } from '../support/temp-folder.ts';

const numbers = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
const heads: fc.Arbitrary<CachedHead> = fc.record({
  etag: fc.option(wireTexts),
  lastModifiedMs: fc.option(numbers),
  expiresAtMs: numbers,
  pages: fc.option(fc.nat()),
  rows: fc.nat(),
});
/** As an answer is read: what is no text in UTF-8 has been replaced. */
const jsonTexts = fc
  .oneof(
    fc.json(),
    wireTexts.map((text) => JSON.stringify([{ title: text }])),
  )
  .map((text) => text.toWellFormed());

async function newCache() {
  const folder = await tempFolder();
  return {
    folder,
    cache: new ResponseCache(new FileCacheStore(folder), recordLog().logger, false),
  };
}

/** Writes something else in the place of the one record. */
async function damage(folder: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  const [name = ''] = await readdir(folder);
  const path = join(folder, name);
  await writeFile(path, change(await readFile(path)));
}

function asKept(head: CachedHead): unknown {
  return JSON.parse(JSON.stringify(head));
}

const anyBytes = fc.oneof(
  fc.uint8Array(),
  fc.json().map((text) => Buffer.from(`${text}\n`)),
  heads.map((head) => Buffer.from(`${JSON.stringify(head)}\n`)),
  wireTexts.map((text) => Buffer.from(text)),
);

describe('a cached answer', () => {
  law(
    'comes back as it was, whatever it says and whatever its key is',
    fc.asyncProperty(fc.string(), heads, jsonTexts, async (key, head, text) => {
      const { cache } = await newCache();
      await cache.store(key, head, await packJson(text));

      expect(await cache.findHead(key)).toEqual(asKept(head));
      expect((await cache.findBody(key))?.data).toEqual(JSON.parse(text));
    }),
    0.25,
  );

  law(
    'whose file was damaged in one place is a miss, or what it was',
    fc.asyncProperty(heads, jsonTexts, fc.nat(), fc.nat(254), async (head, text, at, flip) => {
      const { cache, folder } = await newCache();
      await cache.store('key', head, await packJson(text));
      await damage(folder, (bytes) => {
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (flip + 1);
        return bytes;
      });

      const found = await cache.findHead('key');
      const body = await cache.findBody('key');
      expect([undefined, asKept(head)]).toContainEqual(found);
      expect([undefined, JSON.parse(text)]).toContainEqual(body?.data);
    }),
    0.25,
  );

  law(
    'whose file holds anything at all is a miss, never an error',
    fc.asyncProperty(anyBytes, async (bytes) => {
      const { cache, folder } = await newCache();
      const head = { etag: '"a"', lastModifiedMs: 0, expiresAtMs: 1, pages: 1, rows: 0 };
      await cache.store('key', head, await packJson('[]'));
      await damage(folder, () => bytes);

      expect(await cache.findHead('key')).toBeUndefined();
      expect(await cache.findBody('key')).toBeUndefined();
    }),
    0.25,
  );
});

law(
  'a packed JSON text says the same as before',
  fc.asyncProperty(jsonTexts, async (text) => {
    expect(await unpackJson(await packJson(text))).toEqual(JSON.parse(text));
  }),
);
