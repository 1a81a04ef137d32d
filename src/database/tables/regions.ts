import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { batchWriter } from './batch.ts';
import { columnsOf } from './columns.ts';

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

/** The columns of `regions`. */
export const REGION = columnsOf<RegionState>({
  regionId: 'integer',
  name: 'text',
  snapshotLastModified: 'timestamptz',
  listedContracts: 'integer',
  capped: 'boolean',
  checkedAt: 'timestamptz',
  heldBackLastModified: 'timestamptz',
});

/** Stores where regions stand. A name once known stays when it cannot be had. */
export const saveRegions = batchWriter(
  REGION,
  ({ rows }) => `
INSERT INTO regions (${REGION.names()})
SELECT ${REGION.names()} FROM ${rows('region')}
ON CONFLICT (region_id) DO UPDATE SET is_read = true,
  ${REGION.without('regionId', 'name').assignments('excluded')},
  name = coalesce(excluded.name, regions.name)`,
);

/** A region by its name. */
const REGION_NAME = REGION.only('regionId', 'name');

/** Adds the names of regions, read or not; what is known stays. */
export const loadRegionNames = batchWriter(
  REGION_NAME,
  ({ rows }) => `
INSERT INTO regions (${REGION_NAME.names()}, is_read)
SELECT ${REGION_NAME.names()}, false FROM ${rows('region')}
ON CONFLICT (region_id) DO UPDATE SET name = excluded.name WHERE regions.name IS NULL`,
);

/** As JSON, since PGlite takes U+FEFF from the beginning of a name that it sends as it is. */
const SELECT_REGIONS = `
SELECT coalesce(json_agg(${jsonObject(REGION.fields())} ORDER BY region_id), '[]')::text AS rows
FROM regions WHERE is_read`;

const SELECT_NAMES = `
SELECT coalesce(json_agg(json_build_array(region_id, name)), '[]')::text AS rows
FROM regions WHERE name IS NOT NULL`;

/** Names of all regions that are known, read or not, by their ids. */
export async function findRegionNames(executor: SqlExecutor): Promise<ReadonlyMap<number, string>> {
  return new Map(await readJsonRows<[number, string]>(executor, SELECT_NAMES));
}

/** Those that a run was asked to read, in the order of their ids. */
export async function findRegions(executor: SqlExecutor): Promise<RegionState[]> {
  const rows = await readJsonRows<Record<keyof RegionState, unknown>>(executor, SELECT_REGIONS);
  return rows.map((row) => REGION.fromJson(row));
}
