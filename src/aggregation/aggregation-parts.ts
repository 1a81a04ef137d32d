import type { Clock } from '../clock.ts';
import type { Database, Transact } from '../database/database.ts';
import type { EsiClient } from '../esi/esi-client.ts';
import type { Logger } from '../logging.ts';
import type { Progress } from '../progress.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Claims } from '../sharding/claims.ts';
import type { TypeCache } from '../type-cache/type-cache.ts';

/** What a pass works with, before it knows the types. */
export interface PassParts {
  readonly esi: EsiClient;
  /** Keeps shards from asking ESI twice. */
  readonly claims: Claims;
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

/** What the stages of a pass work with. */
export interface AggregationParts extends PassParts {
  readonly typeCache: TypeCache;
}
