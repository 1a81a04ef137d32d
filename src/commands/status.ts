import type { StatusFlags } from '../cli/flags.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { withReadOnlyDatabase } from '../composition/compose-database.ts';
import type { Database } from '../database/database.ts';
import {
  countByRegion,
  countTypes,
  lastGoodRunAt,
  lastRuns,
} from '../database/queries/status-queries.ts';
import { findRegions } from '../database/tables/regions.ts';
import {
  DEFAULT_MAX_AGE_MS,
  describeRegions,
  formatStatus,
  type Status,
  sumOf,
} from '../report/status-report.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { findIds } from './find-ids.ts';

const RUNS_SHOWN = 5;
const DAY_MS = 24 * 3600 * 1000;

/** Tells how current the database is. @returns 1 when it is older than asked for */
export async function statusCommand(context: CommandContext, flags: StatusFlags): Promise<number> {
  const { clock, stdout, environment } = context;
  const now = clock.now();
  const status = await withReadOnlyDatabase(context, (database) =>
    read(database, context, flags, now),
  );
  const text = flags.json
    ? plainJson(status)
    : formatStatus(status, now, terminalOf(stdout, environment));
  stdout.write(`${text}\n`);
  return status.isFresh === false ? 1 : 0;
}

async function read(
  database: Database,
  { config, logger }: CommandContext,
  { region, maxAge: maxAgeMs }: StatusFlags,
  now: Date,
): Promise<Status> {
  const wanted = await findIds({ database, logger }, 'region', region);
  const isWanted = ({ regionId }: { regionId: number }) => wanted?.includes(regionId) ?? true;
  const counts = (await countByRegion(database)).filter(isWanted);
  const stored = (await findRegions(database)).filter(isWanted);
  const regions = describeRegions(stored, counts, now, maxAgeMs ?? DEFAULT_MAX_AGE_MS);
  const lastGood = await lastGoodRunAt(database, now);
  const freshTypesSince = new Date(now.getTime() - config.TYPE_REFRESH_DAYS * DAY_MS);
  // A run that failed elsewhere does not make the regions asked for any older.
  const isYoung =
    wanted === undefined
      ? isRecent(lastGood, now, maxAgeMs)
      : regions.length > 0 && regions.every(({ stale }) => !stale);
  return {
    lastGoodRunAt: lastGood ?? null,
    isFresh: maxAgeMs === undefined ? null : isYoung,
    counts: { ...sumOf(counts), ...(await countTypes(database, freshTypesSince)) },
    runs: await lastRuns(database, RUNS_SHOWN),
    regions,
  };
}

function isRecent(at: Date | undefined, now: Date, maxAgeMs = 0): boolean {
  return at !== undefined && now.getTime() - at.getTime() <= maxAgeMs;
}
