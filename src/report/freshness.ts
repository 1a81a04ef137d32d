import { CLOCK_SLACK_MS } from '../clock.ts';
import type { RunEnd } from '../database/queries/status-queries.ts';
import { counted } from '../terminal/numbers.ts';
import { timeAgo } from '../terminal/times.ts';

/** A region as far as its age matters. */
export interface AgedRegion {
  readonly regionId: number;
  readonly name: string | null;
  /** When it was last brought up to date; null for never. */
  readonly checkedAt: Date | null;
}

/** What is asked, and what is known to answer it. */
export interface FreshnessQuestion {
  /** The regions that must be young. */
  readonly regions: readonly AgedRegion[];
  /** Whether these are all that there are to be. */
  readonly knowsAll: boolean;
  readonly lastEnd: RunEnd | null;
  /** Milliseconds. */
  readonly maxAgeMs: number;
  readonly now: Date;
}

const NAMED_AT_MOST = 3;

/** Whether a region was brought up to date too long ago, never, or by a clock that was wrong. */
export function isStale(checkedAt: Date | null, now: Date, maxAgeMs: number): boolean {
  if (checkedAt === null) return true;
  const ageMs = now.getTime() - checkedAt.getTime();
  return ageMs > maxAgeMs || ageMs < -CLOCK_SLACK_MS;
}

/** What is wrong with the age of the regions, and why, in one sentence; undefined when nothing is. */
export function findStaleness(question: FreshnessQuestion): string | undefined {
  const { regions, knowsAll, lastEnd, maxAgeMs, now } = question;
  const stale = regions.filter(({ checkedAt }) => isStale(checkedAt, now, maxAgeMs));
  const cause = causeOf(lastEnd, now);
  if (stale.length > 0) return `${describe(stale, regions.length, now)}; ${cause}`;
  if (regions.length === 0) return `no region was ever read; ${cause}`;
  return knowsAll ? undefined : `no run has been over all regions yet; ${cause}`;
}

function describe(stale: readonly AgedRegion[], all: number, now: Date): string {
  const oldestFirst = stale.toSorted((one, other) => timeOf(one) - timeOf(other));
  const named = oldestFirst.slice(0, NAMED_AT_MOST).map((region) => nameWithAge(region, now));
  const more = stale.length - named.length;
  const list = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
  const verb = all === 1 ? 'is' : 'are';
  return `${stale.length} of ${counted(all, 'region')} ${verb} too old: ${list}`;
}

function timeOf({ checkedAt }: AgedRegion): number {
  return checkedAt?.getTime() ?? 0;
}

function nameWithAge({ regionId, name, checkedAt }: AgedRegion, now: Date): string {
  const age = checkedAt === null ? 'never read' : timeAgo(checkedAt, now);
  return `${name ?? `region ${regionId}`} (${age})`;
}

function causeOf(lastEnd: RunEnd | null, now: Date): string {
  if (lastEnd === null) return 'no run has ended yet';
  const { finishedAt, outcome, failure } = lastEnd;
  const reason = failure === null ? '' : ` (${failure})`;
  return `the last run ended ${timeAgo(finishedAt, now)}: ${outcome}${reason}`;
}
