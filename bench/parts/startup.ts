import { spawnSync } from 'node:child_process';
import type { Part } from '../part.ts';
import { BIN } from '../processes.ts';
import { atMost, figure, median, type Table } from '../report.ts';

const ROUNDS = 15;
const NODE = 'node -e 0';
const VERSION = 'contracts-agg --version';

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  [NODE]: ['-e', '0'],
  [VERSION]: [BIN, '--version'],
  'contracts-agg --help': [BIN, '--help'],
};

/** How long the program takes to start, beside Node.js itself. */
export const startupPart: Part = {
  name: 'startup',
  isLong: false,
  run: async () => {
    const samples = new Map(Object.keys(COMMANDS).map((name) => [name, [] as number[]]));
    // By turns, so that a slow moment of the machine hits all.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, args] of Object.entries(COMMANDS)) samples.get(name)?.push(time(args));
    }
    const medians = new Map([...samples].map(([name, times]) => [name, median(times)]));
    const ratio = (name: string) => (medians.get(name) ?? 0) / (medians.get(NODE) ?? 1);
    const rows = [...medians].map(([name, ms]) => [name, figure(ms), figure(ratio(name))]);
    const table: Table = {
      title: `Start, median of ${ROUNDS}`,
      head: ['', 'ms', `× ${NODE}`],
      rows,
    };
    const goals = [atMost(8, `${VERSION}, × ${NODE}`, ratio(VERSION), 2.5)];
    return { tables: [table], goals, data: { milliseconds: Object.fromEntries(samples) } };
  },
};

function time(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
  return performance.now() - startedAt;
}
