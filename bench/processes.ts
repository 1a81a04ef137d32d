import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Summary } from '../src/report/summary.ts';
import type { Churn, EsiCommand, EsiOptions, UniverseFacts } from './esi/protocol.ts';
import type { TrafficReport } from './esi/traffic.ts';
import type { Usage } from './usage.ts';

/** The built command. */
export const BIN = fileURLToPath(new URL('../bin/contracts-agg.js', import.meta.url));
const USAGE_HOOK = new URL('./usage-hook.mjs', import.meta.url).href;

/** The local ESI in its own process. */
export interface EsiProcess {
  readonly url: string;
  readonly facts: UniverseFacts;
  /** What arrived since the last call. */
  traffic(): Promise<TrafficReport>;
  churn(share: number): Promise<Churn>;
  /** Listings expire so long from now; 0 makes every pass ask again. */
  setListingLife(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Generates a universe and serves it. */
export async function startEsiProcess(options: EsiOptions): Promise<EsiProcess> {
  const args = ['--max-old-space-size=8192', '--import', 'tsx', script('esi/process-main.ts')];
  const child = spawn(process.execPath, [...args, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => JSON.parse((await lines.next()).value as string) as unknown;
  const ask = (command: EsiCommand) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return nextLine();
  };
  const { url, ...facts } = (await nextLine()) as UniverseFacts & { url: string };
  return {
    url,
    facts,
    traffic: async () => (await ask({ command: 'traffic' })) as TrafficReport,
    churn: async (share) => (await ask({ command: 'churn', share })) as Churn,
    setListingLife: async (ms) => {
      await ask({ command: 'listing-life', ms });
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

/** Runs one of the comparisons. */
export async function measureComparison(
  name: string,
  esiUrl: string,
  databaseUrl: string,
): Promise<Usage> {
  const args = ['--import', 'tsx', script(`comparisons/${name}.ts`), esiUrl, databaseUrl];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(await outputOf(child)) as Usage;
}

/** Runs the built program as cron would. */
export async function measureRun(
  environment: Readonly<Record<string, string>>,
  bin = BIN,
): Promise<{ usage: Usage; summary: Summary }> {
  const { usage, output } = await measureProgram(bin, ['run', '--json'], environment);
  return { usage, summary: JSON.parse(output) as Summary };
}

/** Runs any command; the whole life of the process counts. */
export async function measureProgram(
  bin: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ usage: Usage; output: string }> {
  const usageFile = join(tmpdir(), `contracts-agg-usage-${process.pid}.json`);
  const env = { PATH: process.env['PATH'], USAGE_FILE: usageFile, ...environment };
  const child = spawn(process.execPath, ['--import', USAGE_HOOK, bin, ...args], {
    cwd: tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const output = await outputOf(child);
  const usage = JSON.parse(await readFile(usageFile, 'utf8')) as Usage;
  await rm(usageFile);
  return { usage, output };
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

function script(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
