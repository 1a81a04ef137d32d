import type { Clock } from '../clock.ts';
import type { Database, Transact } from '../database/database.ts';
import type { RegionStanding, RegionState } from '../database/tables/region-store.ts';
import { isFatal } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import type { Progress } from '../terminal/progress.ts';
import type { Batcher } from './batcher.ts';
import type { TypeCache } from './types/type-cache.ts';

/** A contract that answered so often without items is not asked for again (SPEC §5.5). */
export const MAX_ITEMS_ATTEMPTS = 3;

/** What a pass works with, before it knows the types. */
export interface PassParts {
  readonly esi: EsiClient;
  /** To read from. */
  readonly database: Database;
  /** To write with: fenced by the lock, or without effect in a dry run. */
  readonly transact: Transact;
  readonly report: RunReport;
  readonly progress: Progress;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Aborted when the run has to stop: signal received, lock lost. */
  readonly signal: AbortSignal;
  /** Aborts the signal: what failed ends the pass, and nobody waits for the rest. */
  readonly stop: (reason: unknown) => void;
  /** Aborted when the time limit has come: nothing new is begun. */
  readonly timeIsUp: AbortSignal;
  readonly batchRows: number;
  readonly regionConcurrency: number;
  readonly esiConcurrency: number;
}

/** What a pass works with once it knows the types. */
export interface TypedParts extends PassParts {
  readonly typeCache: TypeCache;
}

/** What the stages of a region work with. */
export interface AggregationParts extends TypedParts {
  /** What the pass found stored of each region when it began. */
  readonly standings: ReadonlyMap<number, RegionStanding>;
  /** Takes regions of which nothing but their time is to be written. */
  readonly unchangedRegions: Pick<Batcher<RegionState>, 'add'>;
}

/** Ends the pass at once when work fails for good: who waits for ESI meanwhile waits in vain. */
export async function stopIfFatal<T>(
  work: Promise<T>,
  { stop }: Pick<PassParts, 'stop'>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isFatal(error)) stop(error);
    throw error;
  }
}
