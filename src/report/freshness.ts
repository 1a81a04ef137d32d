import { CLOCK_SLACK_MS } from '../clock.ts';
import type { RunEnd, StatusFacts } from '../database/queries/status-queries.ts';
import type { RegionState } from '../database/tables/regions.ts';
import type { RegionChoice } from '../model.ts';
import { REGION_NAMES } from '../region-names.ts';
import { counted } from '../terminal/numbers.ts';
import { timeAgo } from '../terminal/times.ts';

/** What is known of the age of regions. */
export interface Ages extends Pick<StatusFacts, 'lastEnd' | 'knowsAllRegions'> {
  /** Those that are stored. */
  readonly regions: readonly AgedRegion[];
}

type AgedRegion = Pick<RegionState, 'regionId' | 'name' | 'checkedAt'>;

/** How young which regions must be. */
export interface FreshnessQuestion {
  readonly chosen: RegionChoice;
  /** Undefined when any age will do. */
  readonly maxAgeMs: number | undefined;
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
export function findStaleness(ages: Ages, question: FreshnessQuestion): string | undefined {
  const { chosen, maxAgeMs, now } = question;
  if (maxAgeMs === undefined) return undefined;
  const regions = chosen === 'all' ? ages.regions : namedRegions(chosen, ages.regions);
  const stale = regions.filter(({ checkedAt }) => isStale(checkedAt, now, maxAgeMs));
  const cause = causeOf(ages.lastEnd, now);
  if (stale.length > 0) return `${describe(stale, regions.length, now)}; ${cause}`;
  if (regions.length === 0) return `no region was ever read; ${cause}`;
  const knowsAll = chosen !== 'all' || ages.knowsAllRegions;
  return knowsAll ? undefined : `no run has been over all regions yet; ${cause}`;
}

/** Regions by their ids, stored or not. */
function namedRegions(
  regionIds: readonly number[],
  stored: readonly AgedRegion[],
): readonly AgedRegion[] {
  const byId = new Map(stored.map((region) => [region.regionId, region]));
  const names = new Map(REGION_NAMES.map(({ id, name }) => [id, name]));
  return regionIds.map(
    (regionId) =>
      byId.get(regionId) ?? { regionId, name: names.get(regionId) ?? null, checkedAt: null },
  );
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
