import { countOldRuns, countPrunable, firstDayToKeep } from '../database/tables/pruning.ts';
import { guardedTransact } from '../database/tables/runs.ts';
import type { Pruned } from '../pruning/prune.ts';
import type { CommandContext } from './command-context.ts';
import { ensureMigrated, withPatientDatabase, withReadOnlyDatabase } from './compose-database.ts';
import { withRedis, withRunLock } from './compose-lock.ts';

/** Prunes under the lock of the runs. The embedded database gives the space back when it is closed. */
export async function pruneStored(
  context: CommandContext,
  day: string,
  timeIsUp: AbortSignal,
): Promise<Pruned> {
  const { prune } = await import('../pruning/prune.ts');
  return withRedis(context, (redis) =>
    withRunLock(context, redis, false, (held) =>
      withPatientDatabase(context, async (database) => {
        const guarded = (transact: typeof database.transact) => guardedTransact(transact, held);
        await ensureMigrated(database, guarded, context, false);
        const signal = AbortSignal.any([context.interrupt, held.signal]);
        const write = guarded(database.transact);
        return prune(day, { read: database, write, signal, timeIsUp });
      }),
    ),
  );
}

/** What would be deleted, but for names: which of them go shows only afterwards. */
export function countPrunableStored(context: CommandContext, day: string): Promise<Pruned> {
  return withReadOnlyDatabase(context, async (database) => {
    const before = await firstDayToKeep(database, day);
    const contracts = await countPrunable(database, before);
    const runs = await countOldRuns(database, before);
    return { before, contracts, runs, names: 0, isComplete: true };
  });
}
