import type { DatabaseCounters } from '../database/database.ts';
import type { EsiCounters } from '../esi/esi-client.ts';
import type { Outcome, RunEnd } from './exit-code.ts';
import type { Failure, RunReport } from './run-report.ts';

/** The summary of one run (SPEC §7): one object on stdout, and in the last log line. */
export interface Summary
  extends Pick<
    RunReport,
    'regions' | 'contracts' | 'shipContracts' | 'items' | 'types' | 'failureCount'
  > {
  readonly runId: string;
  readonly outcome: Outcome;
  readonly exitCode: number;
  readonly dryRun: boolean;
  /** `<i>/<n>`, only of a run that is one of several shards. */
  readonly shard?: string;
  /** ISO 8601, UTC; as is finishedAt. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly esi: EsiCounters;
  readonly database: DatabaseCounters;
  readonly failures: readonly Failure[];
}

export interface SummaryParts {
  readonly runId: string;
  readonly dryRun: boolean;
  readonly shard?: string | undefined;
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
  const { runId, dryRun, shard, startedAt, finishedAt, durationMs, end, report } = parts;
  const { regions, contracts, shipContracts, items, types, failures, failureCount } = report;
  return {
    runId,
    outcome: end.outcome,
    exitCode: end.exitCode,
    dryRun,
    ...(shard === undefined ? {} : { shard }),
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    durationMs,
    regions,
    contracts,
    shipContracts,
    items,
    types,
    esi: parts.esi ?? NO_ESI,
    database: parts.database ?? { statements: 0, rowsWritten: 0 },
    failures,
    failureCount,
  };
}

/** The summary for people: a few lines. */
export function formatSummary(summary: Summary): string {
  const { regions, contracts, esi, database } = summary;
  const verb = summary.dryRun ? 'would insert' : 'inserted';
  return [
    `${summary.outcome}${summary.dryRun ? ' (dry run, nothing written)' : ''} in ${(summary.durationMs / 1000).toFixed(1)} s`,
    `regions    ${regions.succeeded} of ${regions.total} done, ${regions.unchanged} unchanged, ${regions.failed} failed`,
    `contracts  ${contracts.listed} listed; ${verb} ${contracts.inserted}, updated ${contracts.updated}, reopened ${contracts.reopened}, closed ${contracts.closed}, expired ${contracts.expired}`,
    `           ${contracts.pending} pending, ${contracts.unavailable} unavailable, ${contracts.skipped} skipped`,
    `ships      ${summary.shipContracts} ship contracts outstanding`,
    `items      ${summary.items.inserted} inserted; types: ${summary.types.discovered} new, ${summary.types.refreshed} refreshed, ${summary.types.failed} failed`,
    `ESI        ${esi.requests} requests, ${esi.cacheHits} not modified, ${esi.cacheFresh} from the cache, ${esi.retries} retries, ${esi.errors} errors`,
    `database   ${database.statements} statements, ${database.rowsWritten} rows written`,
    ...formatFailures(summary),
  ].join('\n');
}

function formatFailures({ failures, failureCount }: Summary): string[] {
  if (failureCount === 0) return [];
  const lines = failures.slice(0, 5).map(({ message, ...ids }) => {
    const place = Object.entries(ids).map(([name, id]) => `${name} ${id}`);
    return `  ${[...place, message].join(': ')}`;
  });
  return [`failures   ${failureCount}`, ...lines];
}
