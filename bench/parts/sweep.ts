import type { Pass } from '../laboratory.ts';
import { type Part, typesFor } from '../part.ts';
import { medianOf } from '../pass-tables.ts';
import { startEsiProcess } from '../processes.ts';
import { figure, megabytes, type PartResult, type Table } from '../report.ts';

const BATCH_SIZES = [250, 500, 1000, 2000, 4000, 8000, 16_000];

/** Cold passes with more and fewer rows in a batch. */
export const sweepPart: Part = {
  name: 'sweep',
  isLong: true,
  run: async ({ laboratory, contracts, rounds }) => {
    const types = typesFor(contracts);
    const esi = await startEsiProcess({ contracts, types, latencyMs: 0, spread: false });
    const passes: Pass[] = [];
    try {
      // All sizes in each round, so that a slow minute of the machine hits none of them alone.
      for (let round = 0; round < rounds; round += 1) {
        for (const rows of BATCH_SIZES) {
          const settings = { DB_BATCH_SIZE: String(rows) };
          const installation = await laboratory.installation(esi, settings);
          passes.push(await installation.pass(String(rows)));
          await installation.remove();
        }
      }
    } finally {
      await esi.stop();
    }
    return resultOf(passes);
  },
};

function resultOf(passes: readonly Pass[]): PartResult {
  const rows = BATCH_SIZES.map(String).map((name) => [
    name,
    figure(medianOf(passes, name, ({ usage }) => usage.seconds)),
    figure(medianOf(passes, name, ({ usage }) => usage.cpuSeconds)),
    medianOf(passes, name, ({ usage }) => usage.peakMegabytes).toFixed(0),
    megabytes(medianOf(passes, name, ({ database }) => database?.walBytes ?? 0)),
    figure(medianOf(passes, name, ({ summary }) => summary?.database.statements ?? 0)),
  ]);
  const table: Table = {
    title: 'DB_BATCH_SIZE, cold passes',
    head: ['rows', 'seconds', 'CPU s', 'peak MB', 'WAL MB', 'statements'],
    rows,
  };
  return { tables: [table], goals: [], data: { passes } };
}
