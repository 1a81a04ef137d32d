import { CLOCK_SLACK_MS, DAY_MS } from '../../clock.ts';
import { DatabaseError } from '../../errors.ts';
import type { Database, SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { countNameless } from '../tables/names.ts';
import { countPlaceless } from '../tables/places.ts';
import { findRegions, type RegionState } from '../tables/regions.ts';
import { readStorage, type StorageFacts } from './storage-queries.ts';

const RUNS_TOLD = 5;

/** Counts of the outstanding contracts of a region. */
export interface RegionCounts {
  readonly regionId: number;
  readonly outstanding: number;
  readonly shipContracts: number;
  /** Contracts whose items are still to be had. */
  readonly pendingItems: number;
  /** Contracts that were taken before their items were asked for. */
  readonly unavailableItems: number;
}

export interface TypeCounts {
  readonly types: number;
  /** Older than the setting allows: the next runs ask for them again. */
  readonly typesToRefresh: number;
  /** The last time they were asked for went wrong. */
  readonly typesWithErrors: number;
}

/** A run as `aggregation_runs` tells it. */
export interface RecordedRun {
  readonly runId: string;
  /** As `changes --since` counts runs. */
  readonly number: number;
  readonly startedAt: Date;
  /** Null while it runs, or when it died and no run came after it. */
  readonly finishedAt: Date | null;
  readonly outcome: string | null;
  readonly exitCode: number | null;
}

/** What is still without a name or a place, of what can be had. */
export interface MissingCounts {
  /** Issuers and their corporations. */
  readonly missingNames: number;
  /** Locations whose system is not known, structures of players left out. */
  readonly missingPlaces: number;
}

/** All that `status` tells of, as it is stored at one time. */
export interface StatusFacts {
  /** When the last complete run ended; null for never. */
  readonly lastGoodRunAt: Date | null;
  readonly runs: readonly RecordedRun[];
  readonly regions: readonly RegionState[];
  readonly counts: readonly RegionCounts[];
  readonly types: TypeCounts;
  readonly missing: MissingCounts;
  /** Whether a run has been over every region that ESI lists, so that all of them are known. */
  readonly knowsAllRegions: boolean;
  /** How the last run ended that has ended; null before. */
  readonly lastEnd: RunEnd | null;
  readonly storage: StorageFacts;
}

/** The end of a run. */
export interface RunEnd {
  readonly finishedAt: Date;
  readonly outcome: string;
  /** The first thing that went wrong; null when nothing did. */
  readonly failure: string | null;
}

/** @param typeRefreshDays a type that was asked for longer ago is to be refreshed */
export async function readStatusFacts(
  database: Database,
  now: Date,
  typeRefreshDays: number,
): Promise<StatusFacts> {
  const freshSince = new Date(now.getTime() - typeRefreshDays * DAY_MS);
  return {
    lastGoodRunAt: (await lastGoodRunAt(database, now)) ?? null,
    runs: await lastRuns(database, RUNS_TOLD),
    regions: await findRegions(database),
    counts: await countByRegion(database),
    types: await countTypes(database, freshSince),
    missing: {
      missingNames: await countNameless(database),
      missingPlaces: await countPlaceless(database),
    },
    knowsAllRegions: await knowsAllRegions(database),
    lastEnd: await findLastEnd(database),
    storage: await readStorage(database, now),
  };
}

/** The last runs, newest first. */
export async function lastRuns(database: Database, count: number): Promise<RecordedRun[]> {
  const runs = await database.read(({ aggregationRun }) =>
    aggregationRun.findMany({
      orderBy: { startedAt: 'desc' },
      take: count,
      omit: { summary: true, allRegions: true },
    }),
  );
  return runs.map((run) => ({ ...run, number: Number(run.number) }));
}

/**
 * When the last complete run ended. A run of the future proves nothing: it went by a clock that was
 * wrong.
 */
export async function lastGoodRunAt(database: Database, now: Date): Promise<Date | undefined> {
  const latest = new Date(now.getTime() + CLOCK_SLACK_MS);
  const { _max: last } = await database.read(({ aggregationRun }) =>
    aggregationRun.aggregate({
      where: { outcome: 'complete', finishedAt: { lte: latest } },
      _max: { finishedAt: true },
    }),
  );
  return last.finishedAt ?? undefined;
}

const REGION_COUNTS: Readonly<Record<keyof RegionCounts, string>> = {
  regionId: 'region_id',
  outstanding: 'outstanding',
  shipContracts: 'ships',
  pendingItems: 'pending',
  unavailableItems: 'unavailable',
};

const COUNT_BY_REGION = `
SELECT coalesce(json_agg(${jsonObject(REGION_COUNTS)} ORDER BY region_id), '[]')::text AS rows
FROM (
  SELECT region_id, count(*) AS outstanding, count(*) FILTER (WHERE is_ship_contract) AS ships,
    count(*) FILTER (WHERE items_status = 'pending') AS pending,
    count(*) FILTER (WHERE items_status = 'unavailable') AS unavailable
  FROM contracts WHERE status = 'outstanding' GROUP BY region_id) AS counts`;

/** $1 when the oldest type that need not be refreshed was asked for. */
const COUNT_TYPES = `
SELECT count(*)::integer AS "types",
  (count(*) FILTER (WHERE last_refreshed_at < $1::timestamptz))::integer AS "typesToRefresh",
  (count(*) FILTER (WHERE refresh_error IS NOT NULL))::integer AS "typesWithErrors"
FROM esi_type_cache`;

const KNOWS_ALL_REGIONS = `
SELECT 1 AS found FROM aggregation_runs
WHERE all_regions IS NOT FALSE AND outcome IN ('complete', 'partial') LIMIT 1`;

/** A reader who may not see that much is not held up by it. */
async function knowsAllRegions(executor: SqlExecutor): Promise<boolean> {
  const found = await unlessForbidden(() => executor.query(KNOWS_ALL_REGIONS));
  return found === undefined || found.length > 0;
}

/** SQLSTATE `insufficient_privilege`: what a run said of its failures names hosts. */
const FORBIDDEN = '42501';

async function unlessForbidden<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlState === FORBIDDEN) return undefined;
    throw error;
  }
}

const lastEnd = (failure: string) => `
SELECT coalesce(json_agg(ended), '[]')::text AS rows FROM (
  SELECT finished_at, outcome, ${failure} AS failure
  FROM aggregation_runs WHERE finished_at IS NOT NULL
  ORDER BY started_at DESC LIMIT 1) AS ended`;

interface StoredEnd {
  readonly finished_at: string;
  readonly outcome: string;
  readonly failure: string | null;
}

async function findLastEnd(executor: SqlExecutor): Promise<RunEnd | null> {
  const read = (failure: string) => readJsonRows<StoredEnd>(executor, lastEnd(failure));
  const whole = await unlessForbidden(() => read(`summary #>> '{failures,0,message}'`));
  const [end] = whole ?? (await read('NULL::text'));
  return end === undefined
    ? null
    : { finishedAt: new Date(end.finished_at), outcome: end.outcome, failure: end.failure };
}

/** Of each region that has outstanding contracts. */
export function countByRegion(executor: SqlExecutor): Promise<RegionCounts[]> {
  return readJsonRows<RegionCounts>(executor, COUNT_BY_REGION);
}

/** @param freshSince a type that was asked for since then need not be refreshed */
export async function countTypes(executor: SqlExecutor, freshSince: Date): Promise<TypeCounts> {
  const [counts] = await executor.query<TypeCounts>(COUNT_TYPES, freshSince);
  return counts ?? { types: 0, typesToRefresh: 0, typesWithErrors: 0 };
}
