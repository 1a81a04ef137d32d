import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../errors.ts';
import { replaceFile } from '../files/replace-file.ts';

/** node_exporter is another user. */
const FOR_ALL_TO_READ = 0o644;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'create the folder, or correct METRICS_FILE',
  ENOTDIR: 'correct METRICS_FILE: a part of it is no folder',
  EISDIR: 'correct METRICS_FILE: it names a folder',
  EACCES: 'let this user write in the folder, or correct METRICS_FILE',
  EPERM: 'let this user write in the folder, or correct METRICS_FILE',
  EROFS: 'the file system is read-only: correct METRICS_FILE',
  ENOSPC: 'make room on the disk',
};

/** The text of the metrics file; empty where there is none. */
export async function readMetricsFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/**
 * Replaces the metrics file as a whole: whoever reads it sees the old text or the new one.
 *
 * @param draftId makes the name of the draft unlike that of any other writer
 */
export async function writeMetricsFile(path: string, text: string, draftId: string): Promise<void> {
  // node_exporter reads only what ends in `.prom`.
  const draft = `${path}.${draftId}.tmp`;
  await replaceFile(path, draft, () => writeThrough(draft, text));
}

/** What an operator can do about a metrics file that cannot be written. */
export function metricsRemedy(path: string, error: unknown): string {
  return (
    REMEDIES[codeOf(error) ?? ''] ?? `see whether this user can write files in ${dirname(path)}`
  );
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    // The process' umask lets nobody else read what it makes.
    await file.chmod(FOR_ALL_TO_READ);
    await file.sync();
  } finally {
    await file.close();
  }
}
