import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { z } from 'zod';

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
});
/** Plugins put a name and a colon before a path. */
const PACKAGE_FOLDER = /^(?:[^/]*:)?(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENSE_FILE = /^(licen[cs]e|notice|copying)/i;

/**
 * Name, version and licence of every package with code in the bundle, with the texts that come with
 * it.
 */
export async function thirdPartyLicenses(root: string, { outputs }: Metafile): Promise<string> {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(files.flatMap((file) => PACKAGE_FOLDER.exec(file)?.[1] ?? []));
  const notices = await Promise.all([...folders].map((folder) => noticeOf(resolve(root, folder))));
  const head = 'The files of this folder hold code of these packages.\n';
  return [head, ...[...new Set(notices)].sort()].join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  const { name, version, license } = manifest.parse(JSON.parse(text));
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version}, ${license}\n`, ...texts.map((each) => `${each.trim()}\n`)].join(
    '\n',
  );
}
