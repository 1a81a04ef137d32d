import type { SqlExecutor } from '../../src/database/database.ts';
import { closeContracts } from '../../src/database/tables/contracts.ts';

interface Ended {
  readonly contractId: number;
  readonly status: 'closed' | 'expired';
}

/** Ends stored contracts as a run does that finds them missing at `now`, and knows no listing before. */
export function endContracts(
  executor: SqlExecutor,
  regionId: number,
  ended: readonly Ended[],
  now: Date,
  runNumber: number,
): Promise<number> {
  const vanished = ended.map(({ contractId, status }) => ({
    contractId,
    status,
    endedBefore: now,
  }));
  return closeContracts(executor, vanished, { regionId, lastReflected: null, now, runNumber });
}
