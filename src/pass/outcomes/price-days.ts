import { recomputeDays, touchedDays } from '../../database/tables/daily-prices.ts';
import { type OutcomeProgress, saveProgress } from '../../database/tables/outcome-progress.ts';
import type { DecidingParts } from './decide-outcomes.ts';

/** Days of a transaction: a day has some thousand ends. */
const DAYS_AT_ONCE = 10;

/**
 * Brings the prices of exactly those days up to date on which something changed. A run that ends on
 * the way leaves all of them to the next.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function priceDays(
  progress: OutcomeProgress,
  { store, signal, timeIsUp }: Pick<DecidingParts, 'store' | 'signal' | 'timeIsUp'>,
): Promise<void> {
  const days = await touchedDays(store.read, progress.pricedThrough);
  for (let start = 0; start < days.length; start += DAYS_AT_ONCE) {
    signal.throwIfAborted();
    if (timeIsUp.aborted) return;
    await store.write((sql) => recomputeDays(sql, days.slice(start, start + DAYS_AT_ONCE)));
  }
  await store.write((sql) => saveProgress(sql, { ...progress, pricedThrough: store.runNumber }));
}
