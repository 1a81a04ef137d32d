import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

export interface PristinePglite {
  /** A tar of the data directory, for `loadDataDir`. */
  readonly path: string;
  remove(): Promise<void>;
}

/** Dumps an empty PGlite: its first start takes seconds, the start of a copy does not. */
export async function dumpPristinePglite(): Promise<PristinePglite> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-agg-pglite-'));
  const path = join(folder, 'pristine.tar');
  const pglite = await PGlite.create();
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  await writeFile(path, Buffer.from(await dump.arrayBuffer()));
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
