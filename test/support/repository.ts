import { cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

const INSTALLED_OR_BUILT = new Set(['node_modules', 'dist', 'generated', 'coverage', '.git']);

/** Copies what a fresh clone holds: neither packages nor what is built from the sources. */
export function copyRepository(target: string): Promise<void> {
  return cp(REPOSITORY, target, {
    recursive: true,
    filter: (path) => !INSTALLED_OR_BUILT.has(basename(path)),
  });
}
