import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Path → what can be seen of a file or folder without opening it for writing. */
export type FileTree = Readonly<Record<string, string>>;

/** Everything below a folder: kind and mode, and of files the time of the last write and a hash. */
export async function readTree(folder: string): Promise<FileTree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const described = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), await describeFile(path)] as const;
    }),
  );
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function describeFile(path: string): Promise<string> {
  const { mode, mtimeMs, isFile } = await statOf(path);
  if (!isFile) return `folder ${mode}`;
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return `file ${mode} ${mtimeMs} ${hash}`;
}

async function statOf(path: string) {
  const stats = await stat(path);
  return { mode: modeOf(stats.mode), mtimeMs: stats.mtimeMs, isFile: stats.isFile() };
}

/** `700` */
export function modeOf(mode: number): string {
  return (mode & 0o777).toString(8);
}
