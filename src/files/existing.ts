import { stat } from 'node:fs/promises';
import { codeOf } from '../errors.ts';

/** What a call of the file system gives; undefined where there is nothing. @throws any other failure */
export async function ifExists<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether there is something at a path. What this user may not look at is there. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}
