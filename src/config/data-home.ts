import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The platform's folder for the data of a program, as freedesktop.org, Apple and Microsoft have it;
 * undefined for a user without a home, as containers have them.
 */
export function dataHome(
  name: string,
  platform: NodeJS.Platform,
  environment: Environment,
): string | undefined {
  if (platform === 'win32' && environment['LOCALAPPDATA']) {
    return join(environment['LOCALAPPDATA'], name, 'Data');
  }
  if (platform === 'linux' && environment['XDG_DATA_HOME']) {
    return join(environment['XDG_DATA_HOME'], name);
  }
  const home = findHome();
  if (home === undefined) return undefined;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', name);
  if (platform === 'win32') return join(home, 'AppData', 'Local', name, 'Data');
  return join(home, '.local', 'share', name);
}

/** A path as a shell would understand it: `~/x` lies in the user's home. */
export function withHome(path: string): string {
  const home = path === '~' || path.startsWith('~/') ? findHome() : undefined;
  return home === undefined ? path : join(home, path.slice(1));
}

function findHome(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
