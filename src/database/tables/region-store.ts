import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchStatement, executeBatch } from './batch-statement.ts';
import { assignments, columns, names } from './columns.ts';
import { isBacklog } from './contract-statements.ts';

/** Where a region's stored contracts stand. */
export interface RegionState {
  readonly regionId: number;
  readonly name: string | null;
  /** Last-Modified of the listing that the stored contracts reflect completely. */
  readonly snapshotLastModified: Date | null;
  readonly listedContracts: number;
  readonly capped: boolean;
  readonly checkedAt: Date | null;
  /** Last-Modified of a snapshot that lacked more than half of the stored contracts. */
  readonly heldBackLastModified: Date | null;
}

/** What is stored of a region's contracts. */
export interface RegionStanding {
  readonly outstanding: number;
  /** Whether items are still to be had or classified. */
  readonly hasBacklog: boolean;
}

const IDENTITY = columns(`
  region_id integer
  name text
`);
const REGION_COLUMNS = columns(`
  snapshot_last_modified timestamptz
  listed_contracts integer
  capped boolean
  checked_at timestamptz
  held_back_last_modified timestamptz
`);

const SAVE_REGIONS = batchStatement(
  [...IDENTITY, ...REGION_COLUMNS],
  ({ rows }) => `
INSERT INTO regions (${names([...IDENTITY, ...REGION_COLUMNS])})
SELECT ${names([...IDENTITY, ...REGION_COLUMNS])} FROM ${rows('region')}
ON CONFLICT (region_id) DO UPDATE SET ${assignments(REGION_COLUMNS, 'excluded')},
  name = coalesce(excluded.name, regions.name)`,
);

type Times = 'snapshotLastModified' | 'checkedAt' | 'heldBackLastModified';
type RegionRow = Omit<RegionState, Times> & Readonly<Record<Times, string | null>>;

const SELECT_REGIONS = `
SELECT coalesce(json_agg(json_build_object(
  'regionId', region_id, 'name', name, 'snapshotLastModified', snapshot_last_modified,
  'listedContracts', listed_contracts, 'capped', capped, 'checkedAt', checked_at,
  'heldBackLastModified', held_back_last_modified) ORDER BY region_id), '[]')::text AS rows
FROM regions`;

/** $1 now, $2 attempts at most → [region_id, outstanding, has backlog]. */
const SELECT_STANDINGS = `
SELECT coalesce(json_agg(json_build_array(region_id, outstanding, has_backlog)), '[]')::text AS rows
FROM (
  SELECT region_id, count(*) AS outstanding, bool_or(${isBacklog('$1', '$2')}) AS has_backlog
  FROM contracts WHERE status = 'outstanding' GROUP BY region_id) AS standings`;

/** In the order of their ids. */
export async function findRegions(executor: SqlExecutor): Promise<RegionState[]> {
  const rows = await readJsonRows<RegionRow>(executor, SELECT_REGIONS);
  return rows.map((row) => ({
    ...row,
    snapshotLastModified: toDate(row.snapshotLastModified),
    checkedAt: toDate(row.checkedAt),
    heldBackLastModified: toDate(row.heldBackLastModified),
  }));
}

function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** What is stored of each region that has outstanding contracts. */
export async function standingsOf(
  executor: SqlExecutor,
  now: Date,
  maxAttempts: number,
): Promise<ReadonlyMap<number, RegionStanding>> {
  const rows = await readJsonRows<[number, number, boolean]>(
    executor,
    SELECT_STANDINGS,
    now,
    maxAttempts,
  );
  return new Map(
    rows.map(([regionId, outstanding, hasBacklog]) => [regionId, { outstanding, hasBacklog }]),
  );
}

export async function saveRegions(
  executor: SqlExecutor,
  regions: readonly RegionState[],
): Promise<void> {
  await executeBatch(executor, SAVE_REGIONS, regions);
}
