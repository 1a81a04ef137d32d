import { promisify } from 'node:util';
import { gunzip, gunzipSync, gzip, gzipSync } from 'node:zlib';

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** What is smaller is done sooner than another thread can be asked for it. */
const MIN_BYTES_FOR_A_THREAD = 16_384;

/** A JSON text in gzip: a listing page shrinks from 400 to 60 kB, outside of the JavaScript heap. */
export type PackedJson = Buffer;

export async function packJson(text: string): Promise<PackedJson> {
  const isSmall = text.length < MIN_BYTES_FOR_A_THREAD;
  return isSmall ? gzipSync(text, { level: 1 }) : compress(text, { level: 1 });
}

/** @throws when the bytes are not what `packJson` made */
export async function unpackJson(packed: PackedJson): Promise<unknown> {
  const isSmall = packed.length < MIN_BYTES_FOR_A_THREAD;
  const json = isSmall ? gunzipSync(packed) : await decompress(packed);
  return JSON.parse(json.toString('utf8'));
}
