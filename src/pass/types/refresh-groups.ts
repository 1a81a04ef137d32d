import pMap from 'p-map';
import { type Clock, DAY_MS } from '../../clock.ts';
import { saveCategories, saveGroups, staleGroups } from '../../database/tables/groups.ts';
import { type EsiClient, unlessEsiFails } from '../../esi/client.ts';
import type { Store } from '../store.ts';

const ASKED_AT_ONCE = 8;

export interface GroupsParts {
  readonly store: Store;
  readonly esi: Pick<EsiClient, 'group' | 'category'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Asks ESI again for the oldest groups and categories of stored types; those that only CCP's static
 * data told are as old as their loading. One that cannot be had stays as it is.
 *
 * @param maxAgeDays those older than this are refreshed
 * @param limit as many at most
 */
export async function refreshGroups(
  { store, esi, clock }: GroupsParts,
  maxAgeDays: number,
  limit: number,
): Promise<void> {
  const now = clock.now();
  const before = new Date(now.getTime() - maxAgeDays * DAY_MS);
  const stale = await staleGroups(store.read, before, limit);
  const { categoryIds } = stale;
  const groupIds = stale.groupIds.slice(0, Math.max(0, limit - categoryIds.length));
  if (categoryIds.length + groupIds.length === 0) return;
  const refreshed = { lastRefreshedAt: now, refreshError: null };
  const categories = await askEach(categoryIds, (id) => esi.category(id));
  const groups = await askEach(groupIds, (id) => esi.group(id));
  await store.write(async (sql) => {
    await saveCategories(
      sql,
      categories.map(({ groupIds: _, ...category }) => ({ ...category, ...refreshed })),
    );
    await saveGroups(
      sql,
      groups.map((group) => ({ ...group, ...refreshed })),
    );
  });
}

async function askEach<Answer>(
  ids: readonly number[],
  ask: (id: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = await pMap(ids, (id) => unlessEsiFails(() => ask(id)), {
    concurrency: ASKED_AT_ONCE,
  });
  return answers.filter((answer) => answer !== undefined);
}
