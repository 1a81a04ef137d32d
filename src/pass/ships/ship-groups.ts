import pMap from 'p-map';
import { BUILT_IN_SHIP_GROUP_IDS } from '../../built-in-ship-groups.ts';
import { type EsiClient, type Group, unlessEsiFails } from '../../esi/client.ts';
import type { Logger } from '../../terminal/logging.ts';

/** "Ship" (seen in ESI's answer of 2026-03-12). */
export const SHIP_CATEGORY_ID = 6;

/**
 * The groups that count as ships: the published ones of ESI's ship category.
 *
 * @param storedShipGroupIds groups of the types that contracts were classified with as ships; with
 *   the built-in list they stand in when ESI cannot be asked, so that no stored flag is lost
 */
export async function findShipGroups(
  esi: EsiClient,
  storedShipGroupIds: readonly number[],
  logger: Logger,
): Promise<ReadonlySet<number>> {
  const category = await unlessEsiFails(() => esi.category(SHIP_CATEGORY_ID));
  const groups = await pMap(category?.groupIds ?? [], (groupId) => findGroup(esi, groupId));
  const published = groups.filter((group) => group.published).map(({ groupId }) => groupId);
  if (published.length > 0) return new Set(published);
  // An empty list would take every stored flag away.
  logger.warn('ESI does not tell the ship groups; the built-in list is used');
  return new Set([...BUILT_IN_SHIP_GROUP_IDS, ...storedShipGroupIds]);
}

/** A group that cannot be asked for counts as published, as nearly all are. */
async function findGroup(esi: EsiClient, groupId: number): Promise<Group> {
  const group = await unlessEsiFails(() => esi.group(groupId));
  return group ?? { groupId, categoryId: SHIP_CATEGORY_ID, published: true };
}
