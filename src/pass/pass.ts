import type { Config } from '../config/config.ts';
import { countShipContracts } from '../database/queries/ship-queries.ts';
import { findRegions, type RegionState, saveRegions } from '../database/tables/regions.ts';
import { type CachedType, cachedTypes } from '../database/tables/types.ts';
import type { EsiClient } from '../esi/client.ts';
import type { RegionChoice } from '../model.ts';
import { chooseRegionIds, withStates } from './choose-regions.ts';
import { allSettled } from './concurrency.ts';
import { reclassifyHistory, reclassifyOutstanding } from './reclassify.ts';
import { aggregateRegions, type RegionsParts } from './regions.ts';
import { findShipGroups, SHIP_CATEGORY_ID } from './ships/ship-groups.ts';
import type { Store } from './store.ts';
import { CategoryIndex } from './types/category-index.ts';
import { refreshTypes } from './types/refresh-types.ts';
import { TypeCache, type TypeCacheParts } from './types/type-cache.ts';

/** The settings that a pass works by. */
export type PassSettings = Pick<
  Config,
  'SHIP_GROUP_IDS' | 'TYPE_REFRESH_DAYS' | 'TYPE_REFRESH_LIMIT'
>;

/** What a pass works with: all that its stages need, but for what it finds out itself. */
export type PassParts = Omit<RegionsParts, 'types'> &
  Omit<TypeCacheParts, 'categories' | 'shipGroupIds'> & {
    readonly esi: EsiClient;
  };

/**
 * One pass: types first, since contracts are classified with them, then the regions, then what
 * changes of the past.
 *
 * @throws DatabaseError, LockLostError, EsiError when not even the regions can be had, or the
 *   reason of the signal
 */
export async function pass(
  parts: PassParts,
  settings: PassSettings,
  choice: RegionChoice,
): Promise<void> {
  const { store, report } = parts;
  const [types, regions] = await allSettled([
    openTypeCache(parts, settings),
    chooseRegions(parts, choice),
  ]);
  try {
    await refreshTypes(
      { ...parts, types },
      settings.TYPE_REFRESH_DAYS,
      settings.TYPE_REFRESH_LIMIT,
    );
    await reclassifyOutstanding({ ...parts, types });
    await aggregateRegions(regions, { ...parts, types });
    await reclassifyHistory({ ...parts, types });
  } finally {
    await types.settled();
  }
  const regionIds = regions.map(({ regionId }) => regionId);
  report.shipContracts = await countShipContracts(store.read, regionIds);
}

async function chooseRegions(
  { store, esi }: { readonly store: Store; readonly esi: EsiClient },
  choice: RegionChoice,
): Promise<readonly RegionState[]> {
  const stored = await findRegions(store.read);
  const states = await withStates(await chooseRegionIds(choice, esi), stored, esi);
  const known = new Set(stored.map(({ regionId }) => regionId));
  const added = states.filter(({ regionId }) => !known.has(regionId));
  // A region that cannot be had is known all the same, as one that was never read.
  if (added.length > 0) await store.write((sql) => saveRegions(sql, added));
  return states;
}

async function openTypeCache(
  parts: PassParts,
  { SHIP_GROUP_IDS }: PassSettings,
): Promise<TypeCache> {
  const { store, esi, logger } = parts;
  const stored = await cachedTypes(store.read);
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
