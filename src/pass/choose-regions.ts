import type { RegionState } from '../database/tables/regions.ts';
import type { EsiClient } from '../esi/client.ts';
import type { RegionChoice } from '../model.ts';

/**
 * The regions of a pass, each once.
 *
 * @throws EsiError when all are wanted and ESI does not tell them
 */
export async function chooseRegionIds(
  choice: RegionChoice,
  esi: Pick<EsiClient, 'regionIds'>,
): Promise<readonly number[]> {
  // One that is named twice must not be in work twice at once.
  return [...new Set(choice === 'all' ? await esi.regionIds() : choice)];
}

/** What the database holds of regions. */
export interface KnownRegions {
  readonly stored: readonly RegionState[];
  /** Of all that are known by name, read or not. */
  readonly names: ReadonlyMap<number, string>;
}

/**
 * What is stored of regions; one that is new to the database has only its id and name. A name that
 * is not stored is asked of ESI.
 */
export async function withStates(
  regionIds: readonly number[],
  { stored, names }: KnownRegions,
  esi: Pick<EsiClient, 'regionNames'>,
): Promise<RegionState[]> {
  const byId = new Map(stored.map((region) => [region.regionId, region]));
  const nameless = regionIds.filter((regionId) => !names.has(regionId));
  const told = nameless.length === 0 ? undefined : await esi.regionNames(nameless);
  return regionIds.map((regionId) => {
    const region = byId.get(regionId) ?? newRegion(regionId);
    return { ...region, name: names.get(regionId) ?? told?.get(regionId) ?? null };
  });
}

function newRegion(regionId: number): RegionState {
  return {
    regionId,
    name: null,
    snapshotLastModified: null,
    listedContracts: 0,
    capped: false,
    checkedAt: null,
    heldBackLastModified: null,
  };
}
