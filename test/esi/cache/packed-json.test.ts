import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { packJson, unpackJson } from '../../../src/esi/cache/packed-json.ts';

test.each(['[]', '{"title":"Ærø \\"巡洋艦\\" 🚀"}', 'null', ' [1, 2.50] '])(
  'the JSON %s says the same when it was packed',
  async (text) => {
    expect(await unpackJson(await packJson(text))).toEqual(JSON.parse(text));
  },
);

test('a large text becomes small', async () => {
  const text = JSON.stringify(Array.from({ length: 1000 }, (_, id) => ({ contract_id: id })));
  expect((await packJson(text)).length).toBeLessThan(text.length / 3);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no gzip', Buffer.from('[]')],
  ['gzip that is cut off', gzipSync('[1,2,3]').subarray(0, -5)],
  ['gzip of no JSON', gzipSync('[1,')],
])('%s cannot be unpacked', async (_about, bytes) => {
  await expect(unpackJson(bytes)).rejects.toThrow();
});
