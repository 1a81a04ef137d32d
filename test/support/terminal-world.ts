import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { contractsOf, itemsOfContract, withItems } from './run-universe.ts';
import { hasServers, type World } from './run-world.ts';
import type { TerminalSize } from './tmux.ts';

/** With tmux; and CI has to have it. */
const hasTmux = spawnSync('tmux', ['-V']).status === 0 || process.env['CI'] !== undefined;
/** Runs only where there is a terminal to look at, and the servers. */
export const terminalTest = test.runIf(hasTmux && hasServers);

export const USUAL: TerminalSize = { columns: 80, rows: 24 };
export const NARROW: TerminalSize = { columns: 40, rows: 24 };
/** So that one contract comes after the other. */
export const ONE_BY_ONE = { ESI_CONCURRENCY: '1', REGION_CONCURRENCY: '1' };

/** Lets ESI give no answer any more from one of a region's contracts on. @returns how many come before */
export function stallAfter(world: World, regionId: number, answered: number): number {
  const all = contractsOf(world.universe, regionId);
  const [first, ...others] = withItems(all).slice(answered);
  if (first === undefined) throw new Error('the region has fewer contracts');
  for (const contract of [first, ...others]) {
    world.esi.fault({ match: itemsOfContract(contract), answer: { kind: 'hang' } });
  }
  return all.indexOf(first);
}

/**
 * Compares what stands on a terminal with a file, but for what differs from run to run. Renewed by
 * `npx vitest run test/system/terminal -u`.
 */
export async function expectScreen(screen: string, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../system/terminal/golden/${name}.txt`, import.meta.url));
  await expect(`${normalised(screen)}\n`).toMatchFileSnapshot(path);
}

function normalised(screen: string): string {
  return (
    screen
      // A line that is broken shows where the terminal ends.
      .replaceAll(/\(applie[^)]*\)/g, '(applied …)')
      .replaceAll(/\d\d:\d\d:\d\d/g, '<clock>')
      .replaceAll(/[\d.,]+\/s/g, '<rate>/s')
      .replaceAll(/(?<=in |after |, )\d[\d.]* (s|min( \d+ s)?)\b/g, '<time>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
  );
}
