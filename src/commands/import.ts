import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { withTimeLimit } from '../time-limit.ts';

export const importCommand = defineCommand({
  name: 'import',
  description: "archives of EVE Ref's public contracts, into the database",
  arguments: {
    places: {
      value: '<file or URL...>',
      isList: true,
      description: 'archives (.tar.bz2), folders of them, http(s) URLs of either, or - for stdin',
    },
  },
  options: {
    every: {
      value: '<duration>',
      description: 'of many archives, only the first in each span of time, e.g. 6h',
      parse: duration,
    },
    timeLimit: {
      value: '<duration>',
      description: 'begin no other archive after this time, e.g. 10m',
      parse: duration,
    },
    json: { description: 'print as one JSON object' },
    progress: { no: 'no progress line' },
  },
  examples: [
    'contracts-agg import https://data.everef.net/public-contracts/public-contracts-latest.v2.tar.bz2',
    'contracts-agg import --every 6h https://data.everef.net/public-contracts/history/2026/',
  ],
  notes: `Only regions of REGION_IDS are taken, and nothing is put over what is newer. Archives go in the order of
their names, so that ends, outcomes and prices can be told; of their types, ESI tells in the next run.
Import the newest one first, run, then the history, the oldest first. EVE Ref asks to be kind to its
server: take what you need, once.`,

  async handle(context, { places, every, timeLimit, json, progress }) {
    const { limitHeapGrowth } = await import('../composition/heap.ts');
    // An archive lives in memory as a whole: 300 MB instead of 370, for no more CPU.
    limitHeapGrowth(20);
    const { importStored } = await import('../composition/compose-import.ts');
    const { formatImport } = await import('../report/import-report.ts');
    const { screen, clock, stdout } = context;
    const options = { places, everyMs: every, showProgress: progress && screen.canRedraw };
    const summary = await withTimeLimit(clock, timeLimit, (timeIsUp) =>
      importStored(context, options, timeIsUp),
    );
    stdout.write(`${json ? plainJson(summary) : formatImport(summary)}\n`);
    return summary.exitCode;
  },
});
