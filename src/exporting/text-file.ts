import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Writes pieces of text to a file that is made anew. @param isPacked by gzip */
export async function writeText(
  path: string,
  pieces: AsyncIterable<string>,
  isPacked: boolean,
): Promise<void> {
  const source = Readable.from(pieces);
  const target = createWriteStream(path);
  await (isPacked ? pipeline(source, createGzip(), target) : pipeline(source, target));
}
