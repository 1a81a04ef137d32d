import type { StatusFlags } from '../cli.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { withReadOnlyDatabase } from '../composition/compose-database.ts';
import type { Database } from '../database/database.ts';
import { findRegions, type RegionState } from '../database/region-store.ts';
import {
  countStored,
  lastGoodRunAt,
  lastRuns,
  type RecordedRun,
  type StoredCounts,
} from '../database/status-queries.ts';
import { plainJson } from '../report/plain-text.ts';
import { formatTable } from '../report/text-table.ts';

const RUNS_SHOWN = 5;

interface Status {
  readonly lastGoodRunAt: Date | null;
  /** Null without `--max-age`. */
  readonly isFresh: boolean | null;
  readonly counts: StoredCounts;
  readonly runs: readonly RecordedRun[];
  readonly regions: readonly RegionState[];
}

/** Tells how current the database is. @returns 1 when the last good run is older than asked for */
export async function statusCommand(context: CommandContext, flags: StatusFlags): Promise<number> {
  const now = context.clock.now();
  const status = await withReadOnlyDatabase(context, (database) =>
    read(database, now, flags.maxAge),
  );
  const text = flags.json ? plainJson(status) : format(status, now);
  context.stdout.write(`${text}\n`);
  return status.isFresh === false ? 1 : 0;
}

async function read(database: Database, now: Date, maxAgeMs: number | undefined): Promise<Status> {
  const lastGood = await lastGoodRunAt(database, now);
  return {
    lastGoodRunAt: lastGood ?? null,
    isFresh: maxAgeMs === undefined ? null : isFresh(lastGood, now, maxAgeMs),
    counts: await countStored(database),
    runs: await lastRuns(database, RUNS_SHOWN),
    regions: await findRegions(database),
  };
}

function isFresh(lastGood: Date | undefined, now: Date, maxAgeMs: number): boolean {
  return lastGood !== undefined && now.getTime() - lastGood.getTime() <= maxAgeMs;
}

function format(
  { lastGoodRunAt: lastGood, isFresh: fresh, counts, runs, regions }: Status,
  now: Date,
) {
  const staleness = fresh === false ? ' (too old)' : '';
  return [
    `last good run  ${lastGood === null ? 'never' : ago(lastGood, now)}${staleness}`,
    `contracts      ${counts.outstanding} outstanding, ${counts.shipContracts} sell a ship, ${counts.pendingItems} without items yet`,
    `types          ${counts.types}`,
    '',
    formatTable(
      ['run', 'started (UTC)', 'took', 'outcome', 'exit'],
      runs.map((run) => [
        run.shard === null ? run.runId : `${run.runId} (${run.shard})`,
        minute(run.startedAt),
        run.finishedAt === null ? '' : seconds(run.finishedAt, run.startedAt),
        run.outcome ?? 'not finished',
        run.exitCode === null ? '' : String(run.exitCode),
      ]),
    ),
    '',
    formatTable(
      ['region', 'name', 'listed', 'listing of (UTC)', 'checked', ''],
      regions.map((region) => [
        String(region.regionId),
        region.name ?? '',
        region.listedContracts,
        region.snapshotLastModified === null ? 'incomplete' : minute(region.snapshotLastModified),
        region.checkedAt === null ? 'never' : ago(region.checkedAt, now),
        region.capped ? 'capped' : '',
      ]),
    ),
  ].join('\n');
}

function minute(date: Date): string {
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

function seconds(end: Date, start: Date): string {
  return `${((end.getTime() - start.getTime()) / 1000).toFixed(1)} s`;
}

function ago(date: Date, now: Date): string {
  return `${Math.max(0, Math.round((now.getTime() - date.getTime()) / 60_000))} min ago`;
}
