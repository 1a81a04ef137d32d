import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { REPOSITORY } from './repository.ts';

const CACHE = join(REPOSITORY, 'node_modules/.cache/contracts-agg');

let pristine: Promise<Blob> | undefined;
let folder: Promise<string> | undefined;

/**
 * The data directory of an empty PGlite, for `loadDataDir`: a first start takes ten seconds, that of
 * a copy one. Kept until packages are installed anew.
 */
export function pristinePglite(): Promise<Blob> {
  pristine ??= readOrMake();
  return pristine;
}

/** Gives a data directory the embedded database that a first start would make in it. */
export async function prepareEmbedded(dataDir: string): Promise<void> {
  folder ??= makeFolder();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await cp(await folder, join(dataDir, 'pgdata'), { recursive: true });
}

async function readOrMake(): Promise<Blob> {
  const path = join(CACHE, `pglite-${await versionOfPglite()}.tar`);
  const found = await readFile(path).catch(() => undefined);
  if (found !== undefined) return new Blob([found]);
  const pglite = await PGlite.create();
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  await mkdir(CACHE, { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
  await rename(draft, path);
  return dump;
}

async function versionOfPglite(): Promise<string> {
  const path = join(REPOSITORY, 'node_modules/@electric-sql/pglite/package.json');
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}

async function makeFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'contracts-agg-pristine-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  const pglite = await PGlite.create(made, { loadDataDir: await pristinePglite() });
  await pglite.close();
  return made;
}
