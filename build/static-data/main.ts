import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, gzipSync } from 'node:zlib';
import { fileNameOf, STATIC_DATA_FOLDER } from '../../src/static-data/static-data.ts';
import { Archive } from './archive.ts';
import { assemble } from './assemble.ts';

/** CCP's newest build (developers.eveonline.com/static-data). */
const NEWEST =
  'https://developers.eveonline.com/static-data/eve-online-static-data-latest-jsonl.zip';

/**
 * Makes the data file that the program ships from CCP's archive.
 *
 * @param source address or path of the archive
 * @param folder where the file goes; the one before it goes away
 */
async function make(source: string, folder: string): Promise<void> {
  const draft = await mkdtemp(join(tmpdir(), 'contracts-agg-static-data-'));
  try {
    const path = /^https?:/.test(source) ? await download(source, join(draft, 'archive')) : source;
    const archive = await Archive.open(path);
    const data = await assemble(archive);
    archive.close();
    const before = (await readdir(folder)).filter((name) => name.endsWith('.json.gz'));
    for (const name of before) await rm(join(folder, name));
    const bytes = gzipSync(JSON.stringify(data), { level: constants.Z_BEST_COMPRESSION });
    await writeFile(join(folder, fileNameOf(data.version)), bytes);
    process.stdout.write(`${fileNameOf(data.version)}: ${bytes.length} bytes, `);
    process.stdout.write(`${data.systems.length} systems, ${data.stations.length} stations\n`);
  } finally {
    await rm(draft, { recursive: true });
  }
}

async function download(address: string, path: string): Promise<string> {
  const { ok, status, body } = await fetch(address);
  if (!ok || body === null) throw new Error(`${address} answers ${status}`);
  await pipeline(Readable.fromWeb(body), createWriteStream(path));
  return path;
}

const [source = NEWEST, folder = STATIC_DATA_FOLDER] = process.argv.slice(2);
await make(source, folder);
