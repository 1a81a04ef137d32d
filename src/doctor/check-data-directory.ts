import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { foldersOpenToOthers } from '../composition/data-directory.ts';
import type { Config } from '../config/config.ts';
import { reasonOf } from '../errors.ts';
import { exists } from '../files/existing.ts';
import { type ExitCode, type Finding, fail, ok, warn } from './finding.ts';

const CHECK = 'data directory';
const MIB = 1024 * 1024;
/** What making the embedded database takes, and what the regions of New Eden then fill. */
const NEEDED_BYTES = 100 * MIB;
const COMFORTABLE_BYTES = 1024 * MIB;

/** Whether all that is embedded finds its place. Makes nothing. */
export async function checkDataDirectory(config: Config): Promise<Finding[]> {
  const { DATA_DIR, DATABASE_URL, REDIS_URL } = config;
  if (DATABASE_URL !== undefined && REDIS_URL !== undefined) {
    return [ok(CHECK, 'not needed: everything is on servers')];
  }
  if (DATA_DIR === undefined) {
    return [fail(CHECK, 78, 'this user has no home folder', 'set DATA_DIR to a folder')];
  }
  // A run takes the lock first, then opens the database.
  const exitCode = REDIS_URL === undefined ? 69 : 74;
  const existing = await nearestExisting(resolve(DATA_DIR));
  const unusable = await findUnusable(DATA_DIR, existing, exitCode);
  if (unusable !== undefined) return [unusable];
  const state = existing === resolve(DATA_DIR) ? 'is there' : 'can be made';
  const open = await foldersOpenToOthers(config);
  return [await checkSpace(DATA_DIR, existing, state), ...open.map(openToOthers)];
}

async function nearestExisting(path: string): Promise<string> {
  const isThere = await exists(path);
  return isThere || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function findUnusable(
  wanted: string,
  existing: string,
  exitCode: ExitCode,
): Promise<Finding | undefined> {
  const remedy = `give ${existing} to the user who runs this, or set DATA_DIR to a folder of that user's`;
  try {
    const stats = await stat(existing);
    if (!stats.isDirectory()) {
      return fail(CHECK, exitCode, `${existing} is no folder`, 'set DATA_DIR to a folder');
    }
    await access(existing, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return fail(CHECK, exitCode, `${wanted} cannot be written: ${reasonOf(error)}`, remedy);
  }
}

async function checkSpace(wanted: string, existing: string, state: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(existing);
  const bytes = bavail * bsize;
  const message = `${wanted} ${state}, ${formatBytes(bytes)} are free`;
  const remedy = `make room on the disk of ${existing}, or set DATA_DIR to a folder on another`;
  if (bytes < NEEDED_BYTES) return fail(CHECK, 74, `${message}: 100 MiB are needed`, remedy);
  return bytes < COMFORTABLE_BYTES ? warn(CHECK, message, remedy) : ok(CHECK, message);
}

function openToOthers(folder: string): Finding {
  return warn(CHECK, `every user of this machine may write to ${folder}`, `chmod o-w ${folder}`);
}

function formatBytes(bytes: number): string {
  const mib = bytes / MIB;
  return mib < 1024 ? `${Math.floor(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}
