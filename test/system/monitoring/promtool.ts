import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { findProgram } from '../../support/installed-program.ts';

const PROMTOOL = findProgram('promtool');

/** A test that asks Prometheus itself. */
export const promtoolTest = test.runIf(PROMTOOL !== undefined);

/** Expects that promtool finds nothing to complain of. @returns what it says */
export function expectPromtool(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(PROMTOOL ?? '', [...args], {
    input,
    encoding: 'utf8',
  });
  expect({ status, complaints: stderr }, stdout).toEqual({ status: 0, complaints: '' });
  return stdout;
}
