import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ArchiveOptions,
  archiveFiles,
  archiveName,
  packArchive,
} from '../../fixtures/everef/archive.ts';
import type { ImportSummary } from '../../src/report/import-report.ts';
import type { World } from './run-world.ts';

/** What EVE Ref would make of the world as it is now. @returns its file */
export async function archiveNow(
  world: World,
  options: Partial<ArchiveOptions> = {},
): Promise<string> {
  const takenAt = options.takenAt ?? world.now();
  const folder = join(world.folder, 'archives');
  await mkdir(folder, { recursive: true });
  const file = join(folder, archiveName(takenAt));
  await writeFile(file, await packArchive(archiveFiles(world.universe, { ...options, takenAt })));
  return file;
}

/** Runs `import --json`. */
export async function importArchives(world: World, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await world.command(['import', '--json', ...args]);
  if (stdout === '') throw new Error(stderr);
  const summary = JSON.parse(stdout) as ImportSummary;
  return { exitCode, stderr, summary };
}
