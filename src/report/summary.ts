import type { DatabaseCounters } from '../database/database.ts';
import type { EsiCounters } from '../esi/client.ts';
import type { Outcome, RunEnd } from './exit-code.ts';
import type { Failure, RunReport } from './run-report.ts';

/** The summary of one run (SPEC §7): one object on stdout, and in the last log line. */
export interface Summary
  extends Pick<
    RunReport,
    | 'regions'
    | 'contracts'
    | 'shipContracts'
    | 'items'
    | 'types'
    | 'names'
    | 'places'
    | 'bids'
    | 'failureCount'
  > {
  readonly runId: string;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly dryRun: boolean;
  /** ISO 8601, UTC; as is finishedAt. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly outcomes: RunReport['outcomes'] & {
    /** Milliseconds that the run took longer for asking. */
    readonly probingMs: number;
  };
  readonly esi: EsiCounters;
  readonly database: DatabaseCounters;
  readonly failures: readonly Failure[];
}

export interface SummaryParts {
  readonly runId: string;
  readonly dryRun: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** By a clock that never jumps. */
  readonly durationMs: number;
  readonly end: RunEnd;
  readonly report: RunReport;
  readonly esi: EsiCounters | undefined;
  readonly database: DatabaseCounters | undefined;
}

const NO_ESI: EsiCounters = {
  requests: 0,
  cacheFresh: 0,
  cacheHits: 0,
  cacheMisses: 0,
  retries: 0,
  errors: 0,
  waitedMs: 0,
};

export function summarise(parts: SummaryParts): Summary {
  const { runId, dryRun, startedAt, finishedAt, durationMs, end, report } = parts;
  const { regions, contracts, shipContracts, items, types, names, places } = report;
  const { bids, outcomes, probingMs, failures, failureCount } = report;
  return {
    runId,
    outcome: end.outcome,
    exitCode: end.exitCode,
    dryRun,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    durationMs,
    regions,
    contracts,
    shipContracts,
    items,
    types,
    names,
    places,
    bids,
    outcomes: { ...outcomes, probingMs },
    esi: parts.esi ?? NO_ESI,
    database: parts.database ?? { statements: 0, rowsWritten: 0 },
    failures,
    failureCount,
  };
}
