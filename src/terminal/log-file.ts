import { appendFileSync, openSync } from 'node:fs';
import { ConfigError, reasonOf } from '../errors.ts';

/**
 * Opens a log to append to. Each line is on its way to the disk when the call returns, as on
 * stderr.
 *
 * @param fallback gets the lines that cannot be written, on a full disk
 * @throws ConfigError when it cannot be opened
 */
export function openLogFile(
  path: string,
  fallback: (line: string) => void,
): (line: string) => void {
  const file = open(path);
  return (line) => {
    try {
      appendFileSync(file, line);
    } catch {
      fallback(line);
    }
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new ConfigError([`LOG_FILE: cannot be opened to append to: ${reasonOf(error)}`], {
      cause: error,
    });
  }
}
