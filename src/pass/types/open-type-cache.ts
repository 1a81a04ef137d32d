import { type GroupRow, saveGroups, storedGroups } from '../../database/tables/groups.ts';
import { type CachedType, cachedTypes } from '../../database/tables/types.ts';
import type { EsiClient, Group } from '../../esi/client.ts';
import { readStaticData } from '../../static-data/static-data.ts';
import type { Logger } from '../../terminal/logging.ts';
import { findShipGroups, SHIP_CATEGORY_ID } from '../ships/ship-groups.ts';
import { CategoryIndex } from './category-index.ts';
import { TypeCache, type TypeCacheParts } from './type-cache.ts';

export interface OpeningParts extends Omit<TypeCacheParts, 'categories' | 'shipGroupIds'> {
  readonly esi: EsiClient;
  readonly logger: Logger;
}

/** What is known of types by now, and the groups that count as ships. */
export async function openTypeCache(
  parts: OpeningParts,
  shipGroupsOfSettings: readonly number[] | undefined,
): Promise<TypeCache> {
  const { store, esi, logger } = parts;
  const stored = await cachedTypes(store.read);
  const groups = await storedGroups(store.read);
  const categoryOfGroup = new Map([
    ...shippedCategories(groups),
    ...knownCategories(groups),
    ...knownCategories(stored),
  ]);
  let shipGroupIds: ReadonlySet<number> = new Set(shipGroupsOfSettings);
  if (shipGroupsOfSettings === undefined) {
    const { groupIds, told } = await findShipGroups(esi, groupsOfShips(stored), logger);
    await saveChangedGroups(parts, groups, told);
    for (const groupId of groupIds) categoryOfGroup.set(groupId, SHIP_CATEGORY_ID);
    shipGroupIds = groupIds;
  }
  const categories = new CategoryIndex(esi, categoryOfGroup);
  return new TypeCache({ ...parts, categories, shipGroupIds }, stored);
}

/** ESI is asked for the groups of ships in each run; what it tells is written when it is news. */
async function saveChangedGroups(
  { store, clock }: Pick<OpeningParts, 'store' | 'clock'>,
  stored: readonly GroupRow[],
  told: readonly Group[],
): Promise<void> {
  const before = new Map(stored.map((group) => [group.groupId, group]));
  const refreshed = { lastRefreshedAt: clock.now(), refreshError: null };
  const changed = told.filter((group) => isNews(group, before.get(group.groupId)));
  if (changed.length === 0) return;
  const rows = changed.map((group) => ({ ...group, ...refreshed }));
  await store.write((sql) => saveGroups(sql, rows));
}

function isNews(group: Group, stored: GroupRow | undefined): boolean {
  if (stored === undefined || stored.lastRefreshedAt === null) return true;
  return (
    (group.name ?? stored.name) !== stored.name ||
    group.categoryId !== stored.categoryId ||
    group.published !== stored.published
  );
}

/** A dry run meets a database that nothing was loaded into. */
function shippedCategories(stored: readonly GroupRow[]): [number, number][] {
  if (stored.length > 0) return [];
  return readStaticData().groups.map(([groupId, , categoryId]) => [groupId, categoryId]);
}

function groupsOfShips(stored: readonly CachedType[]): number[] {
  return stored.filter(({ isShip }) => isShip).flatMap(({ groupId }) => groupId ?? []);
}

function knownCategories(
  stored: readonly Pick<CachedType, 'groupId' | 'categoryId'>[],
): [number, number][] {
  return stored.flatMap(({ groupId, categoryId }) =>
    groupId === null || categoryId === null ? [] : [[groupId, categoryId]],
  );
}
