import type { RegionState } from '../database/tables/regions.ts';
import { EsiError, UsageError } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import { didYouMean } from '../names.ts';

/** Regions as the user names them: ids and names, or every region that ESI lists. */
export type RegionChoice = 'all' | readonly (number | string)[];

/**
 * Finds the regions of a pass.
 *
 * @throws UsageError for a name that neither the database nor ESI knows; EsiError when ESI is needed
 *   to find the regions and gives no answer
 */
export async function chooseRegionIds(
  choice: RegionChoice,
  stored: readonly RegionState[],
  esi: EsiClient,
): Promise<readonly number[]> {
  const regionIds = choice === 'all' ? await esi.regionIds() : await idsOf(choice, stored, esi);
  // One that is named twice must not be in work twice at once.
  return [...new Set(regionIds)];
}

/**
 * What is stored of regions; one that is new to the database has only its id and name. A name that
 * is not stored is asked of ESI.
 */
export async function withStates(
  regionIds: readonly number[],
  stored: readonly RegionState[],
  esi: EsiClient,
): Promise<RegionState[]> {
  const byId = new Map(stored.map((region) => [region.regionId, region]));
  const nameless = regionIds.filter((regionId) => (byId.get(regionId)?.name ?? null) === null);
  const names = nameless.length === 0 ? undefined : await esi.regionNames(nameless);
  return regionIds.map((regionId) => {
    const region = byId.get(regionId) ?? newRegion(regionId);
    return { ...region, name: region.name ?? names?.get(regionId) ?? null };
  });
}

async function idsOf(
  choice: readonly (number | string)[],
  stored: readonly RegionState[],
  esi: EsiClient,
): Promise<number[]> {
  const wanted = choice.filter((region) => typeof region === 'string');
  const storedNames = new Map(stored.map(({ regionId, name }) => [regionId, name ?? '']));
  const missing = wanted.filter((name) => findByName(storedNames, name) === undefined);
  const names = missing.length === 0 ? storedNames : await askNames(esi);
  return choice.map((region) => {
    if (typeof region === 'number') return region;
    const regionId = findByName(names, region) ?? findByName(storedNames, region);
    if (regionId === undefined) {
      const near = didYouMean(region, [...names.values(), ...storedNames.values()]);
      throw new UsageError(`no region is called "${region}"${near}`);
    }
    return regionId;
  });
}

async function askNames(esi: EsiClient): Promise<ReadonlyMap<number, string>> {
  const names = await esi.regionNames(await esi.regionIds());
  if (names.size === 0) throw new EsiError('ESI does not tell the names of regions');
  return names;
}

function findByName(names: ReadonlyMap<number, string>, wanted: string): number | undefined {
  const folded = wanted.toLowerCase();
  for (const [regionId, name] of names) if (name.toLowerCase() === folded) return regionId;
  return undefined;
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
