import { writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Laboratory } from './laboratory.ts';
import type { Conditions, Part } from './part.ts';
import { embeddedPart } from './parts/embedded.ts';
import { growthPart } from './parts/growth.ts';
import { latencyPart } from './parts/latency.ts';
import { passPart } from './parts/pass.ts';
import { ratePart } from './parts/rate.ts';
import { startupPart } from './parts/startup.ts';
import { sweepPart } from './parts/sweep.ts';
import { formatTable, type GoalCheck, goalTable, type Table } from './report.ts';

const SMALL = 10_000;
const FULL = 50_000;
const ROUNDS = 3;
const RESULTS_FILE = 'bench-results.json';
const PARTS: readonly Part[] = [
  passPart,
  latencyPart,
  ratePart,
  embeddedPart,
  startupPart,
  sweepPart,
  growthPart,
];

const { values: flags } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
    contracts: { type: 'string' },
    rounds: { type: 'string', default: String(ROUNDS) },
  },
});
// A reader that leaves early (`| head`) must not leave the servers behind.
process.stdout.on('error', () => undefined);
await bench(chosenParts());

/** Measures part by part, prints each as soon as it is known, and the goals at the end. */
async function bench(parts: readonly Part[]): Promise<void> {
  const laboratory = await Laboratory.open();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => laboratory.close().finally(() => process.exit(1)));
  }
  const conditions: Conditions = {
    laboratory,
    contracts: Number(flags.contracts ?? (flags.full ? FULL : SMALL)),
    rounds: Number(flags.rounds),
  };
  try {
    const machine = await describeMachine(laboratory);
    const data: Record<string, unknown> = {};
    const goals: GoalCheck[] = [];
    for (const part of parts) {
      process.stdout.write(`\n## ${part.name}\n\n`);
      const result = await part.run(conditions);
      print(result.tables);
      data[part.name] = result.data;
      goals.push(...result.goals);
      const { contracts, rounds } = conditions;
      const results = { machine, contracts, rounds, goals, parts: data };
      await writeFile(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
    }
    if (goals.length > 0) print([goalTable(goals)]);
  } finally {
    await laboratory.close();
  }
}

function chosenParts(): readonly Part[] {
  if (flags.only === undefined) return PARTS.filter(({ isLong }) => flags.full || !isLong);
  return flags.only.split(',').map((name) => {
    const part = PARTS.find((candidate) => candidate.name === name.trim());
    if (part !== undefined) return part;
    throw new Error(`no part ${name}; there are ${PARTS.map((each) => each.name).join(', ')}`);
  });
}

async function describeMachine(laboratory: Laboratory): Promise<Record<string, string | number>> {
  return {
    measuredAt: new Date().toISOString(),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    postgres: await laboratory.postgresVersion(),
  };
}

function print(tables: readonly Table[]): void {
  for (const table of tables) process.stdout.write(`${formatTable(table)}\n`);
}
