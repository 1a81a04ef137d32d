import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import type { HeldLock, Patience } from '../lock/lock.ts';
import type { CommandContext } from './command-context.ts';

const OTHERS_MAY_WRITE = 0o002;

/** What is wrong where a place for something embedded is needed, and nobody has named one. */
const NO_DATA_DIR =
  'DATA_DIR: this user has no home folder: set it to a folder that the user may write to';

/**
 * Where everything embedded lies.
 *
 * @throws ConfigError when there is no data directory
 */
export function placesIn(dataDir: string | undefined) {
  if (dataDir === undefined) throw new ConfigError([NO_DATA_DIR]);
  return {
    database: join(dataDir, 'pgdata'),
    databaseLock: join(dataDir, 'database.lock'),
    runLock: join(dataDir, 'run.lock'),
    runNote: join(dataDir, 'last-run.json'),
    esiCache: join(dataDir, 'esi-cache'),
  };
}

/**
 * Two processes in one data directory destroy its database.
 *
 * @throws LockHeldError when another process is at work in it for longer than the patience lasts
 */
export async function lockDataDirectory(
  dataDir: string | undefined,
  patience: Patience,
): Promise<HeldLock> {
  const { FileLock } = await import('../lock/file-lock.ts');
  const { acquirePatiently } = await import('../lock/lock.ts');
  const { databaseLock, database } = placesIn(dataDir);
  const ifHeld = `another command is using ${database}: try again when it has ended`;
  return acquirePatiently(new FileLock(databaseLock, ifHeld), patience);
}

/** Whoever may write to the data directory can put another database, or another lock, in its place. */
export async function warnOfOpenFolders({ config, logger }: CommandContext): Promise<void> {
  const folders = await foldersOpenToOthers(config);
  if (folders.length > 0) logger.warn({ folders }, 'every user of this machine may write to these');
}

/** The folders with something embedded that others may write to. */
export async function foldersOpenToOthers(config: Config): Promise<readonly string[]> {
  const { DATA_DIR, DATABASE_URL, REDIS_URL } = config;
  if (DATA_DIR === undefined) return [];
  if (DATABASE_URL !== undefined && REDIS_URL !== undefined) return [];
  const paths = [DATA_DIR, placesIn(DATA_DIR).database];
  const isOpen = await Promise.all(paths.map(isOpenToOthers));
  return paths.filter((_, index) => isOpen[index]);
}

async function isOpenToOthers(path: string): Promise<boolean> {
  // Windows keeps rights in another way.
  if (process.platform === 'win32') return false;
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && (stats.mode & OTHERS_MAY_WRITE) !== 0;
}
