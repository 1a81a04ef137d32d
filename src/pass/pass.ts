import type { Config } from '../config/config.ts';
import { countShipContracts } from '../database/queries/ship-queries.ts';
import { findRegions, type RegionState } from '../database/tables/region-store.ts';
import { type CachedType, cachedTypes } from '../database/tables/type-store.ts';
import { chooseRegionIds, type RegionChoice, withStates } from './choose-regions.ts';
import { allSettled } from './concurrency.ts';
import type { PassParts, TypedParts } from './parts.ts';
import { reclassify } from './reclassify.ts';
import { aggregate } from './regions.ts';
import { findShipGroups, SHIP_CATEGORY_ID } from './ships/ship-groups.ts';
import { CategoryIndex } from './types/category-index.ts';
import { refreshTypes } from './types/refresh-types.ts';
import { TypeCache } from './types/type-cache.ts';

/** The settings that a pass works by. */
export type PassSettings = Pick<
  Config,
  'SHIP_GROUP_IDS' | 'TYPE_REFRESH_DAYS' | 'TYPE_REFRESH_LIMIT'
>;

/**
 * One pass: types first, since contracts are classified with them, then the regions.
 *
 * @throws DatabaseError, LockLostError, EsiError when not even the regions can be had, or the
 *   reason of the signal
 */
export async function pass(
  parts: PassParts,
  settings: PassSettings,
  choice: RegionChoice,
): Promise<void> {
  const [typeCache, regions] = await allSettled([
    openTypeCache(parts, settings),
    chooseRegions(parts, choice),
  ]);
  const withTypes = { ...parts, typeCache };
  try {
    await refreshTypes(withTypes, settings.TYPE_REFRESH_DAYS, settings.TYPE_REFRESH_LIMIT);
    await reclassify(withTypes);
    await aggregate(regions, withTypes);
  } finally {
    await typeCache.settled();
  }
  const regionIds = regions.map(({ regionId }) => regionId);
  parts.report.shipContracts = await countShipContracts(parts.database, regionIds);
}

async function chooseRegions(
  { database, esi }: PassParts,
  choice: RegionChoice,
): Promise<readonly RegionState[]> {
  const stored = await findRegions(database);
  return withStates(await chooseRegionIds(choice, stored, esi), stored, esi);
}

async function openTypeCache(
  parts: PassParts,
  { SHIP_GROUP_IDS }: PassSettings,
): Promise<TypedParts['typeCache']> {
  const { database, esi, logger } = parts;
  const stored = await cachedTypes(database);
  const categoryOfGroup = new Map(knownCategories(stored));
  let shipGroupIds: ReadonlySet<number> = new Set(SHIP_GROUP_IDS);
  if (SHIP_GROUP_IDS === undefined) {
    shipGroupIds = await findShipGroups(esi, groupsOfShips(stored), logger);
    for (const groupId of shipGroupIds) categoryOfGroup.set(groupId, SHIP_CATEGORY_ID);
  }
  const categories = new CategoryIndex(esi, categoryOfGroup);
  return new TypeCache({ ...parts, categories, shipGroupIds }, stored);
}

function groupsOfShips(stored: readonly CachedType[]): number[] {
  return stored.filter(({ isShip }) => isShip).flatMap(({ groupId }) => groupId ?? []);
}

function knownCategories(stored: readonly CachedType[]): [number, number][] {
  return stored.flatMap(({ groupId, categoryId }) =>
    groupId === null || categoryId === null ? [] : [[groupId, categoryId]],
  );
}
