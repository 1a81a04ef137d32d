import type { Outcome } from '../report/exit-code.ts';
import type { Summary } from '../report/summary.ts';

/** One value of a metric. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A gauge with its values. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** How old what is stored of a region is. */
export interface RegionFreshness {
  readonly regionId: number;
  readonly name: string | null;
  /** Last-Modified of the listing that the stored contracts reflect completely. */
  readonly snapshotLastModified: Date;
}

/** What the metrics of a run tell beside its summary; it outlives the runs that fail. */
export interface StandingFacts {
  /** End of the last complete run over all that the settings name; undefined when none is known. */
  readonly lastCompleteAt: Date | undefined;
  readonly regions: readonly RegionFreshness[];
}

/** What a metric is, and how to have its values. */
interface Definition {
  readonly name: string;
  readonly help: string;
  readonly values: (summary: Summary, facts: StandingFacts) => readonly Sample[];
}

export const LAST_COMPLETE = 'contracts_agg_last_complete_timestamp_seconds';
export const REGION_SNAPSHOT = 'contracts_agg_region_snapshot_timestamp_seconds';

/** A run that found the lock held writes no metrics, so `locked` is not among them. */
const OUTCOMES: readonly Outcome[] = [
  'complete',
  'partial',
  'unavailable',
  'failed',
  'interrupted',
];

const DEFINITIONS: readonly Definition[] = [
  {
    name: LAST_COMPLETE,
    help: 'End of the last run over all that the settings name that was complete.',
    values: (_, { lastCompleteAt }) =>
      lastCompleteAt === undefined ? [] : one(seconds(lastCompleteAt)),
  },
  {
    name: REGION_SNAPSHOT,
    help: "ESI's time of the listing that the stored contracts of a region reflect.",
    values: (_, { regions }) => regions.map(freshness),
  },
  ofRun('start_timestamp_seconds', 'Start of the last run.', ({ startedAt }) =>
    seconds(new Date(startedAt)),
  ),
  ofRun('end_timestamp_seconds', 'End of the last run.', ({ finishedAt }) =>
    seconds(new Date(finishedAt)),
  ),
  ofRun('duration_seconds', 'How long the last run took.', ({ durationMs }) => durationMs / 1000),
  ofRun('exit_code', 'Exit code of the last run.', ({ exitCode }) => exitCode),
  {
    name: 'contracts_agg_last_run_outcome',
    help: '1 for the outcome of the last run, 0 for the others.',
    values: ({ outcome }) =>
      OUTCOMES.map((each) => ({ labels: { outcome: each }, value: each === outcome ? 1 : 0 })),
  },
  by('regions', 'result', 'Regions of the last run.', ({ regions }) => ({
    changed: regions.succeeded - regions.unchanged,
    unchanged: regions.unchanged,
    failed: regions.failed,
    not_done: regions.total - regions.succeeded - regions.failed,
  })),
  ofRun(
    'listed_contracts',
    'Contracts in the listings that the last run read.',
    ({ contracts }) => contracts.listed,
  ),
  by(
    'changed_contracts',
    'change',
    'Contracts that the last run changed in the database.',
    ({ contracts: { inserted, updated, closed, expired, reopened } }) => ({
      inserted,
      updated,
      closed,
      expired,
      reopened,
    }),
  ),
  ofRun(
    'skipped_contracts',
    'Broken contracts that the last run skipped.',
    ({ contracts }) => contracts.skipped,
  ),
  ofRun(
    'unavailable_contracts',
    'Contracts of the last run that were taken before their items could be read.',
    ({ contracts }) => contracts.unavailable,
  ),
  ofRun(
    'pending_contracts',
    'Contracts that the last run left without items.',
    ({ contracts }) => contracts.pending,
  ),
  ofRun(
    'ship_contracts',
    'Outstanding ship contracts in the regions of the last run.',
    ({ shipContracts }) => shipContracts,
  ),
  ofRun('inserted_items', 'Item rows that the last run stored.', ({ items }) => items.inserted),
  by('types', 'result', 'Item types of the last run.', ({ types }) => ({ ...types })),
  ofRun('failures', 'Things that went wrong in the last run.', ({ failureCount }) => failureCount),
  ofRun('esi_requests', 'Requests to ESI of the last run.', ({ esi }) => esi.requests),
  by('esi_cache_lookups', 'result', 'What the cache was worth to the last run.', ({ esi }) => ({
    fresh: esi.cacheFresh,
    hit: esi.cacheHits,
    miss: esi.cacheMisses,
  })),
  ofRun('esi_retries', 'Requests of the last run that were repeats.', ({ esi }) => esi.retries),
  ofRun('esi_errors', 'Answers that cost error budget of ESI.', ({ esi }) => esi.errors),
  ofRun(
    'esi_waited_seconds',
    "How long ESI's limits held the last run.",
    ({ esi }) => esi.waitedMs / 1000,
  ),
  ofRun(
    'database_statements',
    'Statements of the last run.',
    ({ database }) => database.statements,
  ),
  ofRun(
    'database_rows_written',
    'Rows that the last run wrote.',
    ({ database }) => database.rowsWritten,
  ),
];

/** What a run that ended looks like to Prometheus. */
export function metricsOf(summary: Summary, facts: StandingFacts): Metric[] {
  return DEFINITIONS.map(({ name, help, values }) => ({
    name,
    help,
    samples: values(summary, facts),
  }));
}

function ofRun(name: string, help: string, value: (summary: Summary) => number): Definition {
  return {
    name: `contracts_agg_last_run_${name}`,
    help,
    values: (summary) => one(value(summary)),
  };
}

function by(
  name: string,
  label: string,
  help: string,
  counts: (summary: Summary) => Readonly<Record<string, number>>,
): Definition {
  return {
    name: `contracts_agg_last_run_${name}`,
    help,
    values: (summary) =>
      Object.entries(counts(summary)).map(([key, value]) => ({ labels: { [label]: key }, value })),
  };
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

function freshness({ regionId, name, snapshotLastModified }: RegionFreshness): Sample {
  const labels = { region_id: String(regionId), region: name ?? '' };
  return { labels, value: seconds(snapshotLastModified) };
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
