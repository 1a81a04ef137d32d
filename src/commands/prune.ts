import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { withTimeLimit } from '../time-limit.ts';

export const pruneCommand = defineCommand({
  name: 'prune',
  description: 'delete contracts that ended long ago; their prices stay',
  options: {
    olderThan: {
      value: '<duration>',
      description: 'ended longer ago than this, whole days in UTC, e.g. 90d',
      parse: duration,
    },
    dryRun: { description: 'only tell what would be deleted' },
    timeLimit: {
      value: '<duration>',
      description: 'begin nothing new after this time, e.g. 10m',
      parse: duration,
    },
    json: { description: 'print as one JSON object' },
  },
  examples: [
    'contracts-agg prune --older-than 90d --dry-run',
    'contracts-agg prune --older-than 52w --time-limit 10m',
  ],
  notes: `It takes the lock of the runs, deletes some thousand contracts at a time with their items and bids, and
never one that is outstanding, or whose day is not complete in daily_prices. Old runs and names that
nothing has any more go too. When the time limit comes first, it exits 1 and the next goes on.`,

  async handle(context, flags) {
    const { pruneStored, countPrunableStored } = await import('../composition/compose-pruning.ts');
    const { assertOlderThan, dayBefore, formatPruned } = await import('../report/prune-report.ts');
    const day = dayBefore(context.clock.now(), assertOlderThan(flags.olderThan));
    const pruned = flags.dryRun
      ? await countPrunableStored(context, day)
      : await withTimeLimit(context.clock, flags.timeLimit, (timeIsUp) =>
          pruneStored(context, day, timeIsUp),
        );
    const isDryRun = flags.dryRun === true;
    const text = flags.json
      ? plainJson({ ...pruned, dryRun: isDryRun })
      : formatPruned(pruned, day, isDryRun);
    context.stdout.write(`${text}\n`);
    return pruned.isComplete ? 0 : 1;
  },
});
