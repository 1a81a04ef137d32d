import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
import { DAY_MS } from '../clock.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { Database } from '../database/database.ts';
import type { Status } from '../report/status-report.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { terminalOf } from '../terminal/terminal.ts';

const RUNS_SHOWN = 5;

export const statusCommand = defineCommand({
  name: 'status',
  description: 'last runs, freshness and coverage of the regions, counts',
  options: {
    region: { value: '<id or name>', isList: true, description: 'only this region, by id or name' },
    maxAge: {
      value: '<duration>',
      description:
        'exit 1 when the last good run is older, e.g. 45m; with --region, when the region is',
      parse: duration,
    },
    json: { description: 'print as one JSON object' },
  },
  examples: [
    'contracts-agg status',
    'contracts-agg status --max-age 45m || echo "too old"',
    'contracts-agg status --region "The Forge" --json',
  ],
  onlyReads: true,

  async handle(context, flags) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const { formatStatus } = await import('../report/status-report.ts');
    const { clock, stdout, environment } = context;
    const now = clock.now();
    const status = await withReadOnlyDatabase(context, (database) =>
      readStatus(database, context, flags, now),
    );
    const text = flags.json
      ? plainJson(status)
      : formatStatus(status, now, terminalOf(stdout, environment));
    stdout.write(`${text}\n`);
    return status.isFresh === false ? 1 : 0;
  },
});

interface Question {
  readonly region: readonly string[] | undefined;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
}

async function readStatus(
  database: Database,
  { config, logger }: CommandContext,
  { region, maxAge: maxAgeMs }: Question,
  now: Date,
): Promise<Status> {
  const { findIds } = await import('./find-ids.ts');
  const queries = await import('../database/queries/status-queries.ts');
  const { findRegions } = await import('../database/tables/regions.ts');
  const { DEFAULT_MAX_AGE_MS, describeRegions, sumOf } = await import('../report/status-report.ts');
  const wanted = await findIds({ database, logger }, 'region', region);
  const isWanted = ({ regionId }: { regionId: number }) => wanted?.includes(regionId) ?? true;
  const counts = (await queries.countByRegion(database)).filter(isWanted);
  const stored = (await findRegions(database)).filter(isWanted);
  const regions = describeRegions(stored, counts, now, maxAgeMs ?? DEFAULT_MAX_AGE_MS);
  const lastGood = await queries.lastGoodRunAt(database, now);
  const freshTypesSince = new Date(now.getTime() - config.TYPE_REFRESH_DAYS * DAY_MS);
  // A run that failed elsewhere does not make the regions asked for any older.
  const isYoung =
    wanted === undefined
      ? isRecent(lastGood, now, maxAgeMs)
      : regions.length > 0 && regions.every(({ stale }) => !stale);
  return {
    lastGoodRunAt: lastGood ?? null,
    isFresh: maxAgeMs === undefined ? null : isYoung,
    counts: { ...sumOf(counts), ...(await queries.countTypes(database, freshTypesSince)) },
    runs: await queries.lastRuns(database, RUNS_SHOWN),
    regions,
  };
}

function isRecent(at: Date | undefined, now: Date, maxAgeMs = 0): boolean {
  return at !== undefined && now.getTime() - at.getTime() <= maxAgeMs;
}
