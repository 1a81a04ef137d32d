import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Installation } from '../laboratory.ts';
import { type Conditions, type Part, typesFor } from '../part.ts';
import { BIN, startEsiProcess } from '../processes.ts';
import { atMost, figure, median, type PartResult, type Table } from '../report.ts';
import type { Usage } from '../usage.ts';

const ROUNDS = 15;
const COMPARED_ROUNDS = 9;
const NODE = 'node -e 0';
const VERSION = 'contracts-agg --version';
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  [NODE]: ['-e', '0'],
  [VERSION]: [BIN, '--version'],
  'contracts-agg --help': [BIN, '--help'],
};

/** What is compared with another checkout, by what, and how much of the other's it may take. */
const COMPARED = [
  { name: 'unchanged pass', args: ['run', '--json'], figure: 'cpuSeconds', limit: 0.95 },
  { name: 'ships --limit 5', args: ['ships', '--limit', '5'], figure: 'seconds', limit: 1.15 },
] as const;

/**
 * How long the program takes to start, beside Node.js itself; and short commands beside those of
 * another checkout, which BASE names.
 */
export const startupPart: Part = {
  name: 'startup',
  isLong: false,
  run: async (conditions) => {
    const start = measureStart();
    const base = process.env['BASE'];
    if (base === undefined) return start;
    const comparison = await compare(conditions, base);
    return {
      tables: [...start.tables, ...comparison.tables],
      goals: [...start.goals, ...comparison.goals],
      data: { start: start.data, comparison: comparison.data },
    };
  },
};

function measureStart(): PartResult {
  const samples = new Map(Object.keys(COMMANDS).map((name) => [name, [] as number[]]));
  // By turns, so that a slow moment of the machine hits all.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, args] of Object.entries(COMMANDS)) samples.get(name)?.push(time(args));
  }
  const times = (name: string) => samples.get(name) ?? [];
  const ratio = (name: string) => medianRatio(times(name), times(NODE));
  const rows = [...samples].map(([name, ms]) => [name, figure(median(ms)), figure(ratio(name))]);
  const head = ['', 'ms', `× ${NODE}`];
  return {
    tables: [{ title: `Start, median of ${ROUNDS}`, head, rows }],
    goals: [atMost(8, `${VERSION}, × ${NODE}`, ratio(VERSION), 1.5)],
    data: { milliseconds: Object.fromEntries(samples) },
  };
}

function time(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - startedAt;
}

async function compare({ laboratory, contracts }: Conditions, base: string): Promise<PartResult> {
  const types = typesFor(contracts);
  const esi = await startEsiProcess({ contracts, types, latencyMs: 0, spread: false });
  try {
    const ours = await filled(await laboratory.installation(esi));
    const bin = resolve(base, 'bin/contracts-agg.js');
    const theirs = await filled(await laboratory.installation(esi, {}, bin));
    const results: Comparison[] = [];
    for (const { name, args } of COMPARED) {
      results.push({ name, ...(await byTurns(args, ours, theirs)) });
    }
    await ours.remove();
    await theirs.remove();
    return resultOf(results);
  } finally {
    await esi.stop();
  }
}

interface Comparison {
  readonly name: string;
  readonly ours: readonly Usage[];
  readonly theirs: readonly Usage[];
}

/** After a first pass, and one that is unchanged: what is measured is the same every time. */
async function filled(installation: Installation): Promise<Installation> {
  for (let pass = 0; pass < 2; pass += 1) await installation.command(['run', '--json']);
  return installation;
}

async function byTurns(
  args: readonly string[],
  ours: Installation,
  theirs: Installation,
): Promise<Pick<Comparison, 'ours' | 'theirs'>> {
  const usages = { ours: [] as Usage[], theirs: [] as Usage[] };
  for (let round = 0; round < COMPARED_ROUNDS; round += 1) {
    usages.ours.push(await ours.command(args));
    usages.theirs.push(await theirs.command(args));
  }
  return usages;
}

function resultOf(results: readonly Comparison[]): PartResult {
  const ratio = ({ ours, theirs }: Comparison, of: 'cpuSeconds' | 'seconds') =>
    medianRatio(
      ours.map((usage) => usage[of]),
      theirs.map((usage) => usage[of]),
    );
  const peak = (usages: readonly Usage[]) =>
    median(usages.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0);
  const table: Table = {
    title: `Beside the other checkout, medians of ${COMPARED_ROUNDS}`,
    head: ['', '× CPU', '× time', 'peak MB', "other's"],
    rows: results.map((result) => [
      result.name,
      figure(ratio(result, 'cpuSeconds')),
      figure(ratio(result, 'seconds')),
      peak(result.ours),
      peak(result.theirs),
    ]),
  };
  const goals = COMPARED.flatMap(({ name, figure: of, limit }) =>
    results
      .filter((result) => result.name === name)
      .map((result) => atMost(8, `${name}, × other`, ratio(result, of), limit)),
  );
  return { tables: [table], goals, data: results };
}

/** Round by round, so that a slow minute of the machine hits both. */
function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}
