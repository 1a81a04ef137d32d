import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
import { DAY_MS } from '../clock.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { StatusFacts } from '../database/queries/status-queries.ts';
import { LockHeldError } from '../errors.ts';
import type { Status } from '../report/status-report.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { terminalOf } from '../terminal/terminal.ts';

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
    const { formatStatus } = await import('../report/status-report.ts');
    const { clock, stdout, environment } = context;
    const now = clock.now();
    const facts = await readFacts(context, now);
    const status = await describe(facts, context, flags, now);
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

/** Read from the database; while a run has the embedded one, from what the run left beside it. */
async function readFacts(context: CommandContext, now: Date): Promise<StatusFacts> {
  const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
  const { readStatusFacts } = await import('../database/queries/status-queries.ts');
  const { config, logger } = context;
  const freshSince = new Date(now.getTime() - config.TYPE_REFRESH_DAYS * DAY_MS);
  try {
    return await withReadOnlyDatabase(context, (database) =>
      readStatusFacts(database, now, freshSince),
    );
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    const { readRunNote } = await import('../composition/run-note.ts');
    const note = await readRunNote(config.DATA_DIR);
    if (note === undefined) throw error;
    logger.info({ as_of: note.writtenAt }, error.message);
    return note.facts;
  }
}

async function describe(
  facts: StatusFacts,
  { logger }: CommandContext,
  { region, maxAge: maxAgeMs }: Question,
  now: Date,
): Promise<Status> {
  const { findRegionIds } = await import('./find-ids.ts');
  const { DEFAULT_MAX_AGE_MS, describeRegions, sumOf } = await import('../report/status-report.ts');
  const wanted = await findRegionIds(facts.regions, region, logger);
  const isWanted = ({ regionId }: { regionId: number }) => wanted?.includes(regionId) ?? true;
  const counts = facts.counts.filter(isWanted);
  const stored = facts.regions.filter(isWanted);
  const regions = describeRegions(stored, counts, now, maxAgeMs ?? DEFAULT_MAX_AGE_MS);
  // A run that failed elsewhere does not make the regions asked for any older.
  const isYoung =
    wanted === undefined
      ? isRecent(facts.lastGoodRunAt, now, maxAgeMs)
      : regions.length > 0 && regions.every(({ stale }) => !stale);
  return {
    lastGoodRunAt: facts.lastGoodRunAt,
    isFresh: maxAgeMs === undefined ? null : isYoung,
    counts: { ...sumOf(counts), ...facts.types },
    runs: facts.runs,
    regions,
  };
}

function isRecent(at: Date | null, now: Date, maxAgeMs = 0): boolean {
  return at !== null && now.getTime() - at.getTime() <= maxAgeMs;
}
