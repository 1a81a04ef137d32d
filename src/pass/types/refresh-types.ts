import type { Clock } from '../../clock.ts';
import { DAY_MS } from '../../clock.ts';
import type { Database, Transact } from '../../database/database.ts';
import { markRefreshFailed, staleTypeIds, upsertTypes } from '../../database/tables/type-store.ts';
import type { RunReport } from '../../report/run-report.ts';
import { type TypeCache, UNKNOWN_TYPE_ERROR } from './type-cache.ts';

export interface RefreshParts {
  readonly database: Database;
  readonly transact: Transact;
  readonly typeCache: TypeCache;
  readonly clock: Clock;
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
  parts: RefreshParts,
  maxAgeDays: number,
  limit: number,
): Promise<void> {
  const { database, transact, typeCache, clock, report } = parts;
  const now = clock.now();
  const before = new Date(now.getTime() - maxAgeDays * DAY_MS);
  const typeIds = await staleTypeIds(database, before, limit);
  if (typeIds.length === 0) return;
  const failures: { typeId: number; refreshError: string }[] = [];
  const rows = await typeCache.fetch(typeIds, (typeId, error) =>
    failures.push({ typeId, refreshError: error.message }),
  );
  const known = rows.filter(({ refreshError }) => refreshError === null);
  for (const { typeId, refreshError } of rows) {
    if (refreshError !== null) failures.push({ typeId, refreshError: UNKNOWN_TYPE_ERROR });
  }
  await transact(async (sql) => {
    if (known.length > 0) await upsertTypes(sql, known);
    if (failures.length > 0) await markRefreshFailed(sql, failures, now);
  });
  typeCache.learn(known);
  report.types.refreshed += known.length;
  report.types.failed += failures.length;
  for (const { typeId, refreshError } of failures) report.fail({ typeId, message: refreshError });
}
