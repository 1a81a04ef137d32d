import pMap from 'p-map';
import { BUILT_IN_SHIP_GROUP_IDS } from '../../built-in-ship-groups.ts';
import { type EsiClient, type Group, unlessEsiFails } from '../../esi/client.ts';
import type { Logger } from '../../terminal/logging.ts';

/** "Ship" (seen in ESI's answer of 2026-03-12). */
export const SHIP_CATEGORY_ID = 6;

/** The groups that count as ships, and what ESI has told of them on the way. */
export interface ShipGroups {
  readonly groupIds: ReadonlySet<number>;
  readonly told: readonly Group[];
}

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
): Promise<ShipGroups> {
  const category = await unlessEsiFails(() => esi.category(SHIP_CATEGORY_ID));
  const ids = category?.groupIds ?? [];
  const answers = await pMap(ids, (groupId) => unlessEsiFails(() => esi.group(groupId)));
  const told = answers.filter((group) => group !== undefined);
  // A group that cannot be asked for counts as published, as nearly all are.
  const published = ids.filter((_, index) => answers[index]?.published !== false);
  if (published.length > 0) return { groupIds: new Set(published), told };
  // An empty list would take every stored flag away.
  logger.warn('ESI does not tell the ship groups; the built-in list is used');
  return { groupIds: new Set([...BUILT_IN_SHIP_GROUP_IDS, ...storedShipGroupIds]), told };
}
