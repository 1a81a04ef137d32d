import { defineCommand } from '../cli/command.ts';
import { count } from '../cli/parsers.ts';
import type { SqlExecutor } from '../database/database.ts';
import { UsageError } from '../errors.ts';
import type { ResultStream } from '../terminal/result-stream.ts';

/** Contracts of a question, and in memory, at once. */
const PAGE_ROWS = 1000;

export const changesCommand = defineCommand({
  name: 'changes',
  description: 'contracts that changed since a run, as NDJSON',
  options: {
    since: {
      value: '<run number>',
      description: 'changed in runs after this one',
      parse: count,
      byDefault: 0,
    },
    baseline: {
      description: 'also contracts that were there when their region was first read',
    },
    json: { description: 'makes no difference: each line is JSON' },
  },
  examples: ['contracts-agg changes --baseline', 'contracts-agg changes --since 1'],
  notes: `Each line is the latest state of one contract. The last line, {"next_since":…,"changes":…}, tells
which number to ask with next, and how many came: without it, the answer is not whole.`,
  onlyReads: true,

  async handle(context, { since, baseline }) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const question = { since, withBaseline: baseline === true };
    await withReadOnlyDatabase(context, (database) =>
      printChanges(database, question, context.stdout),
    );
    return 0;
  },
});

/** @throws UsageError when no such run has ended */
async function printChanges(
  database: SqlExecutor,
  { since, withBaseline }: { readonly since: number; readonly withBaseline: boolean },
  stdout: Pick<ResultStream, 'write' | 'settled' | 'isBroken'>,
): Promise<void> {
  const { findChanges, lastFinishedRun } = await import('../database/queries/change-queries.ts');
  const { recordToLine } = await import('../report/records.ts');
  const until = await lastFinishedRun(database);
  if (since > until) throw new UsageError(beyondTheLast(since, until));
  let changes = 0;
  for await (const page of findChanges(database, { since, until, withBaseline }, PAGE_ROWS)) {
    changes += page.length;
    stdout.write(page.map((change) => recordToLine({ ...change })).join(''));
    await stdout.settled();
    if (stdout.isBroken) return;
  }
  stdout.write(recordToLine({ next_since: until, changes }));
}

function beyondTheLast(since: number, until: number): string {
  return `--since ${since} is after the last run that has ended, ${until}: the number is of another database, or this one was restored from a backup; begin anew with --since 0 --baseline`;
}
