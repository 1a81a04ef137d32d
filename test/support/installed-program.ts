import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a user's PATH often does not lead. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];

/**
 * The path of a program of the system; undefined where it is not installed, which is said.
 *
 * @throws Error in CI, where nothing may be skipped
 */
export function findProgram(name: string): string | undefined {
  const { PATH = '', CI } = process.env;
  const folders = [...PATH.split(delimiter), ...SYSTEM_FOLDERS];
  const path = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (path !== undefined) return path;
  if (CI) throw new Error(`CI needs ${name}, and it is not installed`);
  console.warn(`${name} is not installed: the tests that need it are skipped`);
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
