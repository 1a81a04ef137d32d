import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Usage } from './usage.ts';

const BIN = fileURLToPath(new URL('../bin/contracts-agg.js', import.meta.url));
const USAGE_HOOK = new URL('./report-usage.mjs', import.meta.url).href;

/** The local ESI in its own process, and what it holds. */
export interface EsiProcess {
  readonly url: string;
  readonly contracts: number;
  readonly items: number;
  readonly types: number;
  /** What arrived since the last call. */
  counts(): Promise<EsiCounts>;
  stop(): void;
}

export interface EsiCounts {
  readonly requests: number;
  readonly notModified: number;
  readonly maxInFlight: number;
  readonly mostInASecond: number;
}

/** @param listingLifeMs 0 makes every pass ask for the listings again */
export async function startEsiProcess(
  contracts: number,
  latencyMs: number,
  listingLifeMs: number,
): Promise<EsiProcess> {
  const args = [script('esi-process.ts'), `${contracts}`, `${latencyMs}`, `${listingLifeMs}`];
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value as string) as unknown;
  const facts = (await nextLine()) as Pick<EsiProcess, 'url' | 'contracts' | 'items' | 'types'>;
  return {
    ...facts,
    counts: async () => {
      child.stdin.write('counts\n');
      return (await nextLine()) as EsiCounts;
    },
    stop: () => child.stdin.end(),
  };
}

/** Runs one of the comparisons. */
export async function measureScript(name: string, args: readonly string[]): Promise<Usage> {
  const child = spawn(process.execPath, ['--import', 'tsx', script(name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(await outputOf(child)) as Usage;
}

/** Runs the built command as cron would. */
export async function measureRun(environment: Record<string, string>): Promise<Usage> {
  const usageFile = join(tmpdir(), `contracts-agg-usage-${process.pid}.json`);
  const env = { PATH: process.env['PATH'], USAGE_FILE: usageFile, ...environment };
  const child = spawn(process.execPath, ['--import', USAGE_HOOK, BIN, 'run', '--json'], {
    cwd: tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await outputOf(child);
  const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Usage;
  await rm(usageFile);
  return usage;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`a measured process ended with ${exitCode}: ${output}`);
  return output;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
