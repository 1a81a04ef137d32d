import type { SqlExecutor, Transact } from '../database/database.ts';
import { readProgress } from '../database/tables/outcome-progress.ts';
import {
  deleteContracts,
  deleteNames,
  deleteRuns,
  firstDayToKeep,
} from '../database/tables/pruning.ts';
import { lastRunNumber } from '../database/tables/runs.ts';
import { priceDays } from '../pass/outcomes/price-days.ts';

export interface PruningParts {
  readonly read: SqlExecutor;
  /** Keeps out what has lost its lock. */
  readonly write: Transact;
  /** Aborted when the command has to stop: signal received, lock lost. */
  readonly signal: AbortSignal;
  /** Aborted when the time limit has come: nothing new is begun. */
  readonly timeIsUp: AbortSignal;
}

/** What was deleted. */
export interface Pruned {
  /** Contracts that ended before this day (`2026-11-27`, UTC). */
  readonly before: string;
  contracts: number;
  runs: number;
  names: number;
  /** False when the time limit came first. */
  isComplete: boolean;
}

/**
 * Deletes contracts that ended before a day, in small transactions, after their days are complete in
 * `daily_prices`; then old runs, and names that nothing has any more.
 *
 * @param day `2026-11-27`, UTC; contracts of a day that is not decided yet, and of later ones, stay
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function prune(day: string, parts: PruningParts): Promise<Pruned> {
  const { read, write, signal, timeIsUp } = parts;
  const store = { read, write, runNumber: await lastRunNumber(read) };
  const progress = await readProgress(read);
  if (progress !== undefined) await priceDays(progress, { store, signal, timeIsUp });
  const before = await firstDayToKeep(read, day);
  const pruned: Pruned = { before, contracts: 0, runs: 0, names: 0, isComplete: false };
  const contracts = await repeat(
    parts,
    (sql) => deleteContracts(sql, before),
    (count) => {
      pruned.contracts += count;
    },
  );
  if (!contracts) return pruned;
  pruned.runs = await write((sql) => deleteRuns(sql, before));
  pruned.isComplete = await repeat(parts, deleteNames, (count) => {
    pruned.names += count;
  });
  return pruned;
}

/** Deletes until nothing is left. @returns false when the time was over before */
async function repeat(
  { write, signal, timeIsUp }: PruningParts,
  remove: (sql: SqlExecutor) => Promise<number>,
  count: (deleted: number) => void,
): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    if (timeIsUp.aborted) return false;
    const deleted = await write(remove);
    if (deleted === 0) return true;
    count(deleted);
  }
}
