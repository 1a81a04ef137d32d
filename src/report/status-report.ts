import type {
  MissingCounts,
  RecordedRun,
  RegionCounts,
  TypeCounts,
} from '../database/queries/status-queries.ts';
import type { StorageFacts } from '../database/queries/storage-queries.ts';
import type { RegionState } from '../database/tables/regions.ts';
import { formatSeconds } from '../terminal/duration.ts';
import { counted, formatBytes, formatNumber } from '../terminal/numbers.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { dayOf, minuteOf, timeAgo } from '../terminal/times.ts';
import { isStale } from './freshness.ts';

/** A region with what is stored of it. */
export interface RegionStatus extends RegionState, RegionCounts {
  /** Checked longer ago than allowed, or never. */
  readonly stale: boolean;
}

/** What `status` tells. */
export interface Status {
  readonly lastGoodRunAt: Date | null;
  /** Whether all is as young as `--max-age` asks; null without it. */
  readonly isFresh: boolean | null;
  /** What is too old, and why, in one sentence; null when nothing is. */
  readonly staleness: string | null;
  readonly counts: Omit<RegionCounts, 'regionId'> & TypeCounts & MissingCounts;
  readonly storage: StorageFacts;
  readonly runs: readonly RecordedRun[];
  readonly regions: readonly RegionStatus[];
}

/** For how long what was checked counts as current. */
export const DEFAULT_MAX_AGE_MS = 90 * 60_000;

/** Joins what is stored of the regions. @param maxAgeMs a check that is older makes a region stale */
export function describeRegions(
  regions: readonly RegionState[],
  counts: readonly RegionCounts[],
  now: Date,
  maxAgeMs: number,
): RegionStatus[] {
  const byId = new Map(counts.map((region) => [region.regionId, region]));
  return regions.map((region) => ({
    ...region,
    ...(byId.get(region.regionId) ?? { ...NOTHING, regionId: region.regionId }),
    stale: isStale(region.checkedAt, now, maxAgeMs),
  }));
}

/** The counts of all regions together. */
export function sumOf(regions: readonly RegionCounts[]): Omit<RegionCounts, 'regionId'> {
  return regions.reduce<Omit<RegionCounts, 'regionId'>>(
    (sum, region) => ({
      outstanding: sum.outstanding + region.outstanding,
      shipContracts: sum.shipContracts + region.shipContracts,
      pendingItems: sum.pendingItems + region.pendingItems,
      unavailableItems: sum.unavailableItems + region.unavailableItems,
    }),
    NOTHING,
  );
}

const NOTHING = { outstanding: 0, shipContracts: 0, pendingItems: 0, unavailableItems: 0 };

/** The status for people: runs and regions, and last, where one looks, a few lines of all together. */
export function formatStatus(status: Status, now: Date, terminal: Terminal): string {
  const { counts, runs, regions, staleness } = status;
  const regionRows = regions.toSorted(byTrouble).map((region) => regionRow(region, now));
  return [
    ...tableOf(RUN_COLUMNS, runs.map(runRow), terminal),
    ...tableOf(REGION_COLUMNS, regionRows, terminal),
    `last good run  ${lastGoodRun(status, now)}`,
    `regions        ${coverageOf(regions)}`,
    `contracts      ${formatNumber(counts.outstanding)} outstanding, ${formatNumber(counts.shipContracts)} sell a ship`,
    `items          ${formatNumber(counts.pendingItems)} pending, ${formatNumber(counts.unavailableItems)} unavailable`,
    `types          ${formatNumber(counts.types)}, ${formatNumber(counts.typesToRefresh)} to refresh, ${formatNumber(counts.typesWithErrors)} with errors`,
    ...storageLines(status.storage),
    `missing        ${counted(counts.missingNames, 'name')}, ${counted(counts.missingPlaces, 'place')}`,
    ...(staleness === null ? [] : ['', paint(staleness, 'red', terminal)]),
  ].join('\n');
}

function storageLines({ oldestEndAt, ...size }: StorageFacts): string[] {
  const oldest =
    oldestEndAt === null ? [] : [`oldest         contract ended ${dayOf(oldestEndAt)}`];
  return [`size           ${storageWords({ ...size, oldestEndAt: null })}`, ...oldest];
}

/** `1.2 GB, 310 MB more a month; the oldest contract ended 2026-06-01` */
export function storageWords({ bytes, bytesAMonth, oldestEndAt }: StorageFacts): string {
  const growth = bytesAMonth === null ? '' : `, ${formatBytes(bytesAMonth)} more a month`;
  const oldest = oldestEndAt === null ? '' : `; the oldest contract ended ${dayOf(oldestEndAt)}`;
  return `${formatBytes(bytes)}${growth}${oldest}`;
}

/** Stale ones first, the oldest of them before the others; then those that lack items; then the largest. */
function byTrouble(one: RegionStatus, other: RegionStatus): number {
  return (
    Number(other.stale) - Number(one.stale) ||
    (one.stale ? timeOf(one.checkedAt) - timeOf(other.checkedAt) : 0) ||
    other.pendingItems - one.pendingItems ||
    Number(other.capped) - Number(one.capped) ||
    other.listedContracts - one.listedContracts ||
    one.regionId - other.regionId
  );
}

function timeOf(time: Date | null): number {
  return time?.getTime() ?? 0;
}

/** Nothing where a table would have only its head: before the first run. */
function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  terminal: Terminal,
): string[] {
  return rows.length === 0 ? [] : [formatTable(columns, rows, terminal), ''];
}

function lastGoodRun({ lastGoodRunAt }: Status, now: Date): string {
  return lastGoodRunAt === null ? 'never' : timeAgo(lastGoodRunAt, now);
}

function coverageOf(regions: readonly RegionStatus[]): string {
  const stale = regions.filter((region) => region.stale).length;
  const capped = regions.filter((region) => region.capped).length;
  return `${regions.length} known, ${stale} stale, ${capped} capped`;
}

const RUN_COLUMNS: readonly Column[] = [
  { head: 'run', rank: 2, minWidth: 8 },
  { head: 'started (UTC)' },
  { head: 'took', isRight: true, rank: 1 },
  { head: 'outcome' },
  { head: 'exit', isRight: true },
];

function runRow(run: RecordedRun): string[] {
  return [
    run.runId,
    minuteOf(run.startedAt),
    run.finishedAt === null ? '' : secondsBetween(run.startedAt, run.finishedAt),
    run.outcome ?? 'not finished',
    run.exitCode === null ? '' : String(run.exitCode),
  ];
}

const REGION_COLUMNS: readonly Column[] = [
  { head: 'region', rank: 3 },
  { head: 'name', rank: 7, minWidth: 8 },
  { head: 'listed', isRight: true, rank: 4 },
  { head: 'ships', isRight: true, rank: 6 },
  { head: 'pending', isRight: true, rank: 5 },
  { head: 'unavailable', isRight: true, rank: 1 },
  { head: 'listing of (UTC)', rank: 2 },
  { head: 'checked', isRight: true },
  { head: '' },
];

function regionRow(region: RegionStatus, now: Date): (string | number)[] {
  const { snapshotLastModified, checkedAt } = region;
  return [
    String(region.regionId),
    region.name ?? `region ${region.regionId}`,
    region.listedContracts,
    region.shipContracts,
    region.pendingItems,
    region.unavailableItems,
    snapshotLastModified === null ? 'incomplete' : minuteOf(snapshotLastModified),
    checkedAt === null ? 'never' : timeAgo(checkedAt, now),
    [...(region.stale ? ['stale'] : []), ...(region.capped ? ['capped'] : [])].join(', '),
  ];
}

function secondsBetween(start: Date, end: Date): string {
  return formatSeconds(end.getTime() - start.getTime());
}
