import type { RecordedRun, RegionCounts, TypeCounts } from '../database/queries/status-queries.ts';
import type { RegionState } from '../database/tables/regions.ts';
import { formatSeconds } from '../terminal/duration.ts';
import { formatNumber } from '../terminal/numbers.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf, timeAgo } from '../terminal/times.ts';

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
  readonly counts: Omit<RegionCounts, 'regionId'> & TypeCounts;
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
    stale: region.checkedAt === null || now.getTime() - region.checkedAt.getTime() > maxAgeMs,
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

/** The status for people: a few lines, then runs and regions. */
export function formatStatus(status: Status, now: Date, terminal: Terminal): string {
  const { counts, runs, regions } = status;
  return [
    `last good run  ${lastGoodRun(status, now, terminal)}`,
    `regions        ${coverageOf(regions)}`,
    `contracts      ${formatNumber(counts.outstanding)} outstanding, ${formatNumber(counts.shipContracts)} sell a ship`,
    `items          ${formatNumber(counts.pendingItems)} pending, ${formatNumber(counts.unavailableItems)} unavailable`,
    `types          ${formatNumber(counts.types)}, ${formatNumber(counts.typesToRefresh)} to refresh, ${formatNumber(counts.typesWithErrors)} with errors`,
    ...tableOf(RUN_COLUMNS, runs.map(runRow), terminal),
    ...tableOf(
      REGION_COLUMNS,
      regions.map((region) => regionRow(region, now)),
      terminal,
    ),
  ].join('\n');
}

/** Nothing where a table would have only its head: before the first run. */
function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  terminal: Terminal,
): string[] {
  return rows.length === 0 ? [] : ['', formatTable(columns, rows, terminal)];
}

function lastGoodRun({ lastGoodRunAt, isFresh }: Status, now: Date, terminal: Terminal): string {
  const age = lastGoodRunAt === null ? 'never' : timeAgo(lastGoodRunAt, now);
  return isFresh === false ? `${age} ${paint('(too old)', 'red', terminal)}` : age;
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
