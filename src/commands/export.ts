import { defineCommand } from '../cli/command.ts';
import { count } from '../cli/parsers.ts';
import { UsageError } from '../errors.ts';
import { plainJson } from '../terminal/plain-text.ts';

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;

export const exportCommand = defineCommand({
  name: 'export',
  description: 'tables and views, as files',
  options: {
    out: { value: '<path>', description: 'a folder, or a file for one table' },
    format: {
      value: '<format>',
      description: 'of the files in a folder; of a file, its name tells',
      choices: FORMATS,
    },
    table: {
      value: '<name>',
      isList: true,
      description: 'only this table or view; else all tables',
    },
    since: {
      value: '<run number>',
      description: 'only contracts that changed in runs after this one, with their items and bids',
      parse: count,
    },
    json: { description: 'print as one JSON object' },
  },
  examples: [
    'contracts-agg export --out archive --format parquet',
    'contracts-agg export --out offers.csv.gz --table ship_offers',
  ],
  notes: `All files are of one moment, and each is put in its place as a whole. Parquet of contracts, items and
bids is divided by the month in which the contract was issued. CSV keeps every character: a spreadsheet
may take a player's title for a formula. For anything else, ask \`sql\`.`,

  async handle(context, { out, format, table, since, json }) {
    if (out === undefined) throw new UsageError('--out is missing: name a folder or a file');
    const { planExport } = await import('../exporting/export-plan.ts');
    const { exportStored } = await import('../composition/compose-export.ts');
    const { formatExported } = await import('../report/export-report.ts');
    const plan = planExport({ out, format, tables: table });
    const exported = await exportStored(context, plan, { folder: out, since });
    const text = json ? plainJson(exported) : formatExported(exported);
    context.stdout.write(`${text}\n`);
    return 0;
  },
});
