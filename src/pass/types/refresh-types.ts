import { type Clock, DAY_MS } from '../../clock.ts';
import { markRefreshFailed, staleTypeIds, upsertTypes } from '../../database/tables/types.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { Store } from '../store.ts';
import { type TypeCache, UNKNOWN_TYPE_ERROR } from './type-cache.ts';

interface RefreshParts {
  readonly store: Store;
  readonly types: Pick<TypeCache, 'fetch' | 'learn'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: RunReport;
}

/**
 * Asks ESI again for the oldest cached types. One that fails, or that ESI does not know any more,
 * keeps what is known of it and gets a timestamp and its error.
 *
 * @param maxAgeDays types older than this are refreshed
 * @param limit as many at most
 */
export async function refreshTypes(
  { store, types, clock, report }: RefreshParts,
  maxAgeDays: number,
  limit: number,
): Promise<void> {
  const now = clock.now();
  const before = new Date(now.getTime() - maxAgeDays * DAY_MS);
  const typeIds = await staleTypeIds(store.read, before, limit);
  if (typeIds.length === 0) return;
  const failures: { typeId: number; refreshError: string }[] = [];
  const rows = await types.fetch(typeIds, (typeId, error) =>
    failures.push({ typeId, refreshError: error.message }),
  );
  const known = rows.filter(({ refreshError }) => refreshError === null);
  for (const { typeId, refreshError } of rows) {
    if (refreshError !== null) failures.push({ typeId, refreshError: UNKNOWN_TYPE_ERROR });
  }
  await store.write(async (sql) => {
    if (known.length > 0) await upsertTypes(sql, known);
    if (failures.length > 0) await markRefreshFailed(sql, failures, now);
  });
  types.learn(known);
  report.types.refreshed += known.length;
  report.types.failed += failures.length;
  for (const { typeId, refreshError } of failures) report.fail({ typeId, message: refreshError });
}
