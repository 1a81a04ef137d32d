import type { Database, SqlExecutor } from './database.ts';

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

const SAVE_REGION = `
INSERT INTO regions (region_id, name, snapshot_last_modified, listed_contracts, capped, checked_at,
  held_back_last_modified)
VALUES ($1::int, $2::text, $3::timestamptz, $4::int, $5::boolean, $6::timestamptz, $7::timestamptz)
ON CONFLICT (region_id) DO UPDATE SET
  name = coalesce(excluded.name, regions.name),
  snapshot_last_modified = excluded.snapshot_last_modified,
  listed_contracts = excluded.listed_contracts,
  capped = excluded.capped,
  checked_at = excluded.checked_at,
  held_back_last_modified = excluded.held_back_last_modified`;

export function findRegions(database: Database): Promise<RegionState[]> {
  return database.read((prisma) =>
    prisma.region.findMany({ orderBy: { regionId: 'asc' }, omit: { plannedContracts: true } }),
  );
}

export async function saveRegion(executor: SqlExecutor, region: RegionState): Promise<void> {
  await executor.execute(
    SAVE_REGION,
    region.regionId,
    region.name,
    region.snapshotLastModified,
    region.listedContracts,
    region.capped,
    region.checkedAt,
    region.heldBackLastModified,
  );
}
