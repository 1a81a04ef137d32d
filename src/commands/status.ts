import { defineCommand } from '../cli/command.ts';
import { duration } from '../cli/parsers.ts';
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
    region: {
      value: '<id or name>',
      isList: true,
      description: 'only this region, by id or name',
      suggestions: 'regions',
    },
    maxAge: {
      value: '<duration>',
      description:
        'exit 1 when a region was last brought up to date longer ago, e.g. 45m: of --region, else of REGION_IDS',
      parse: duration,
    },
    json: { description: 'print as one JSON object' },
    quiet: {
      description: 'print nothing, or one sentence on stderr when something is too old or fails',
      conflictsWith: 'json',
    },
  },
  examples: [
    'contracts-agg status',
    'contracts-agg status --max-age 45m --quiet',
    'contracts-agg status --region "The Forge" --json',
  ],
  onlyReads: true,

  async handle(context, flags) {
    const { formatStatus } = await import('../report/status-report.ts');
    const { clock, stdout, environment, screen } = context;
    const now = clock.now();
    const facts = await readFacts(context, now);
    const status = await describe(facts, context, flags, now);
    if (flags.quiet) {
      if (status.staleness !== null) screen.write(`contracts-agg: ${status.staleness}\n`);
    } else {
      const text = flags.json
        ? plainJson(status)
        : formatStatus(status, now, terminalOf(stdout, environment));
      stdout.write(`${text}\n`);
    }
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
  try {
    return await withReadOnlyDatabase(context, (database) =>
      readStatusFacts(database, now, config.TYPE_REFRESH_DAYS),
    );
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    const { readRunNote } = await import('../composition/run-note.ts');
    const note = await readRunNote(config.DATA_DIR);
    if (note === undefined) throw error;
    logger.info({ asOf: note.writtenAt }, error.message);
    return note.facts;
  }
}

/** What the facts say about what is asked. */
async function describe(
  facts: StatusFacts,
  { config, logger }: CommandContext,
  { region, maxAge: maxAgeMs }: Question,
  now: Date,
): Promise<Status> {
  const { findRegionIds } = await import('./find-ids.ts');
  const { DEFAULT_MAX_AGE_MS, describeRegions, sumOf } = await import('../report/status-report.ts');
  const { findStaleness } = await import('../report/freshness.ts');
  const wanted = await findRegionIds(facts.regions, region, logger);
  const isWanted = ({ regionId }: { regionId: number }) => wanted?.includes(regionId) ?? true;
  const counts = facts.counts.filter(isWanted);
  const stored = facts.regions.filter(isWanted);
  const question = { chosen: wanted ?? config.REGION_IDS, maxAgeMs, now };
  const staleness = findStaleness(facts, question) ?? null;
  return {
    lastGoodRunAt: facts.lastGoodRunAt,
    isFresh: maxAgeMs === undefined ? null : staleness === null,
    staleness,
    counts: { ...sumOf(counts), ...facts.types, ...facts.missing },
    storage: facts.storage,
    runs: facts.runs,
    regions: describeRegions(stored, counts, now, maxAgeMs ?? DEFAULT_MAX_AGE_MS),
  };
}
