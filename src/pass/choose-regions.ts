import type { RegionState } from '../database/tables/regions.ts';
import { EsiError, UsageError } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import { didYouMean, type Named, namesakes } from '../names.ts';

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
  const storedNames = stored.map(({ regionId: id, name }) => ({ id, name: name ?? '' }));
  const missing = wanted.filter((name) => namesakes(name, storedNames).length === 0);
  const names = missing.length === 0 ? storedNames : await askNames(esi);
  const known = [...names, ...storedNames];
  return choice.map((region) => {
    if (typeof region === 'number') return region;
    const [found] = namesakes(region, known);
    if (found !== undefined) return found.id;
    const near = didYouMean(
      region,
      known.map(({ name }) => name),
    );
    throw new UsageError(`no region is called "${region}"${near}`);
  });
}

async function askNames(esi: EsiClient): Promise<readonly Named[]> {
  const names = await esi.regionNames(await esi.regionIds());
  if (names.size === 0) throw new EsiError('ESI does not tell the names of regions');
  return Array.from(names, ([id, name]) => ({ id, name }));
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
