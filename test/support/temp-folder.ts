import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** A folder of the test's own, removed when the test ends. */
export async function tempFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** One folder for all tests of a file. */
export function useTempFolder(): () => string {
  let folder: string | undefined;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  return () => {
    if (folder === undefined) throw new Error('there is a folder only while tests run');
    return folder;
  };
}

function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'contracts-agg-test-'));
}
