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
ON CONFLICT (region_id) DO UPDATE SET
  ${REGION.without('regionId', 'name').assignments('excluded')},
  name = coalesce(excluded.name, regions.name)`,
);

/** As JSON, since PGlite takes U+FEFF from the beginning of a name that it sends as it is. */
const SELECT_REGIONS = `
SELECT coalesce(json_agg(${jsonObject(REGION.fields())} ORDER BY region_id), '[]')::text AS rows
FROM regions`;

/** In the order of their ids. */
export async function findRegions(executor: SqlExecutor): Promise<RegionState[]> {
  const rows = await readJsonRows<Record<keyof RegionState, unknown>>(executor, SELECT_REGIONS);
  return rows.map((row) => REGION.fromJson(row));
}
