import { UsageError } from '../errors.ts';
import type { Pruned } from '../pruning/prune.ts';
import { counted } from '../terminal/numbers.ts';
import { dayOf } from '../terminal/times.ts';

/** @throws UsageError without a duration: nothing is deleted by default */
export function assertOlderThan(olderThanMs: number | undefined): number {
  if (olderThanMs !== undefined) return olderThanMs;
  throw new UsageError('--older-than is missing: say what may go, e.g. --older-than 90d');
}

/** The day (`2026-11-27`, UTC) that lies so long back: what ended before it is older. */
export function dayBefore(now: Date, olderThanMs: number): string {
  const ms = now.getTime() - olderThanMs;
  if (ms <= 0) throw new UsageError('--older-than reaches back before 1970');
  return dayOf(new Date(ms));
}

/** What was deleted, or would be, for people. */
export function formatPruned(
  { before, contracts, runs, names, isComplete }: Pruned,
  day: string,
  isDryRun: boolean,
): string {
  const things = [
    `${counted(contracts, 'contract')} that ended before ${before}`,
    counted(runs, 'run'),
    ...(isDryRun ? [] : [counted(names, 'name')]),
  ];
  return [
    `${isDryRun ? 'would delete' : 'deleted'} ${things.join(', ')}`,
    ...(before === day
      ? []
      : [`what ended from ${before} on is not decided yet: the next run does that`]),
    ...(isComplete ? [] : ['the time limit came first; the next prune goes on from there']),
  ].join('\n');
}
