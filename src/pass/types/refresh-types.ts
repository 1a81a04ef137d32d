import { type Clock, DAY_MS } from '../../clock.ts';
import { markRefreshFailed, staleTypeIds, upsertTypes } from '../../database/tables/types.ts';
import { EsiError } from '../../errors.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { Store } from '../store.ts';
import { type TypeCache, UNKNOWN_TYPE_ERROR } from './type-cache.ts';

/** ESI answers so whatever it is asked. */
const LIMITS: ReadonlySet<number> = new Set([401, 403, 420, 429]);
/** What its own services fail with; the others come from the gateway before them. */
const FAULTS_OF_ESI: ReadonlySet<number> = new Set([500, 520]);

interface RefreshParts {
  readonly store: Store;
  readonly types: Pick<TypeCache, 'fetch' | 'learn'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: RunReport;
}

/**
 * Asks ESI again for the oldest cached types. One that fails, or that ESI does not know any more,
 * keeps what is known of it and gets its error; a timestamp too where ESI has answered: an outage is
 * no answer about a type.
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
  const failed: { readonly typeId: number; readonly error: Error }[] = [];
  const rows = await types.fetch(typeIds, (typeId, error) => failed.push({ typeId, error }));
  const failures = failed.map(({ typeId, error }) => ({
    typeId,
    refreshError: error.message,
    lastRefreshedAt: isAbout(error, rows.length > 0) ? now : null,
  }));
  const known = rows.filter(({ refreshError }) => refreshError === null);
  for (const { typeId, refreshError } of rows) {
    if (refreshError === null) continue;
    failures.push({ typeId, refreshError: UNKNOWN_TYPE_ERROR, lastRefreshedAt: now });
  }
  await store.write(async (sql) => {
    if (known.length > 0) await upsertTypes(sql, known);
    if (failures.length > 0) await markRefreshFailed(sql, failures);
  });
  types.learn(known);
  report.types.refreshed += known.length;
  report.types.failed += failures.length;
  for (const { typeId, refreshError } of failures) report.fail({ typeId, message: refreshError });
}

/**
 * Whether a failure says something of the type, or only of ESI's day.
 *
 * @param othersAnswered whether other types could be had at the same time
 */
function isAbout(error: Error, othersAnswered: boolean): boolean {
  const status = error instanceof EsiError ? error.status : undefined;
  if (status === undefined || LIMITS.has(status)) return false;
  return status < 500 || (othersAnswered && FAULTS_OF_ESI.has(status));
}
