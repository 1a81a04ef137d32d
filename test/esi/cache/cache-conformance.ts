import { expect, test } from 'vitest';
import type { CacheStore } from '../../../src/esi/cache/response-cache.ts';

type MakeStore = () => Promise<CacheStore>;

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const HEAD = '{"etag":"\\"abc\\""}';

const BODIES: readonly [about: string, body: Buffer][] = [
  ['of every byte', EVERY_BYTE],
  ['that begins with a new line', Buffer.from('\n\n{"a":1}\n')],
  ['that is no UTF-8', Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 0x00, 0xc3, 0x28])],
  ['without a single byte', Buffer.alloc(0)],
  ['of five megabytes', Buffer.alloc(5_000_000, EVERY_BYTE)],
];

const KEYS: readonly string[] = [
  '/contracts/public/10000002?page=1',
  '../../../etc/passwd',
  'with spaces, "quotes" and \n new lines',
  'Ærø 巡洋艦 🚀',
  'k'.repeat(5000),
];

/** What every store of a cache has to do, wherever it keeps its records. */
export function conformsToCacheStore(makeStore: MakeStore): void {
  keepsRecords(makeStore);
  replacesHeads(makeStore);
}

function keepsRecords(makeStore: MakeStore): void {
  test('what was never written is missing', async () => {
    const store = await makeStore();
    expect(await store.readHead('nothing')).toBeUndefined();
    expect(await store.readBody('nothing')).toBeUndefined();
  });

  test.each(BODIES)('a body %s is kept byte for byte', async (_about, body) => {
    const store = await makeStore();
    await store.write('key', HEAD, body);
    const kept = await store.readBody('key');
    expect(kept && Buffer.compare(kept, body)).toBe(0);
    expect(await store.readHead('key')).toBe(HEAD);
  });

  test.each(KEYS)('the key %j has a record of its own', async (key) => {
    const store = await makeStore();
    await store.write(key, HEAD, Buffer.from('body'));
    await store.write(`${key}2`, 'other', Buffer.from('other body'));
    expect(await store.readHead(key)).toBe(HEAD);
    expect(String(await store.readBody(key))).toBe('body');
  });

  test('a record is replaced as a whole', async () => {
    const store = await makeStore();
    await store.write('key', HEAD, EVERY_BYTE);
    await store.write('key', 'second', Buffer.from('shorter'));
    expect(await store.readHead('key')).toBe('second');
    expect(String(await store.readBody('key'))).toBe('shorter');
  });

  test('a head may hold any text of one line', async () => {
    const store = await makeStore();
    const head = JSON.stringify({ etag: 'W/"Ærø\n巡洋艦 🚀"' });
    await store.write('key', head, EVERY_BYTE);
    expect(await store.readHead('key')).toBe(head);
  });

  test('records written at once do not mix', async () => {
    const store = await makeStore();
    const writes = Array.from({ length: 20 }, (_, index) =>
      store.write('key', `head ${index}`, Buffer.from(`body ${index}`)),
    );
    await Promise.all(writes);
    const head = await store.readHead('key');
    const body = await store.readBody('key');
    expect(`${head}`.replace('head', 'body')).toBe(`${body}`);
  });
}

function replacesHeads(makeStore: MakeStore): void {
  test('a head is replaced where its body is, which stays as it was', async () => {
    const store = await makeStore();
    await store.write('key', HEAD, EVERY_BYTE);
    await store.replaceHead('key', 'newer');
    expect(await store.readHead('key')).toBe('newer');
    const body = await store.readBody('key');
    expect(body && Buffer.compare(body, EVERY_BYTE)).toBe(0);
  });

  test('a head never stands without a body', async () => {
    const store = await makeStore();
    await store.replaceHead('key', 'newer');
    expect(await store.readHead('key')).toBeUndefined();
    expect(await store.readBody('key')).toBeUndefined();
  });
}
