import { aggregate } from '../aggregation/aggregate.ts';
import type { AggregationParts } from '../aggregation/aggregation-parts.ts';
import { chooseRegions, type RegionChoice } from '../aggregation/choose-regions.ts';
import { reclassify } from '../aggregation/reclassify.ts';
import {
  type CommandContext,
  createCache,
  createLock,
  ensureMigrated,
  withDatabase,
  withEsi,
  withLock,
  withReadOnlyDatabase,
  withRedis,
} from '../composition.ts';
import type { Database, Transact } from '../database/database.ts';
import { findRegions } from '../database/region-store.ts';
import { beginRun, fencedTransact, finishRun } from '../database/run-store.ts';
import { countShipContracts } from '../database/ship-queries.ts';
import { type CachedType, cachedTypes } from '../database/type-store.ts';
import { LockLostError } from '../errors.ts';
import type { EsiClient, EsiCounters } from '../esi/esi-client.ts';
import type { HeldLock } from '../lock/lock.ts';
import { createProgressBar, type Progress, silentProgress } from '../progress.ts';
import type { RedisConnection } from '../redis.ts';
import { endOfError, endOfReport, type RunEnd } from '../report/exit-code.ts';
import { RunReport } from '../report/run-report.ts';
import { type Summary, summarise } from '../report/summary.ts';
import { findShipGroups } from '../ships/ship-groups.ts';
import { CategoryIndex } from '../type-cache/category-index.ts';
import { refreshTypes } from '../type-cache/refresh-types.ts';
import { TypeCache } from '../type-cache/type-cache.ts';

export interface RunOptions {
  /** Regions asked for on the command line; else the setting. */
  readonly regions: RegionChoice | undefined;
  readonly dryRun: boolean;
  /** Bring a server's tables up to date first. */
  readonly migrate: boolean;
  /** Begin nothing new after this time. */
  readonly timeLimitMs: number | undefined;
  readonly showProgress: boolean;
}

/** One run on its way: what the summary is made of, filled as the run gets to it. */
interface RunState {
  readonly context: CommandContext;
  readonly options: RunOptions;
  readonly report: RunReport;
  readonly startedAt: Date;
  esiCounters?: () => EsiCounters;
  database?: Database;
}

/** How the pass may write: under the lock, or not at all. */
interface PassAccess {
  readonly database: Database;
  readonly transact: Transact;
  readonly signal: AbortSignal;
}

/** One pass. Whatever happens, it ends with a summary; nothing is thrown. */
export async function run(context: CommandContext, options: RunOptions): Promise<Summary> {
  const startedAt = context.clock.now();
  const state: RunState = { context, options, report: new RunReport(), startedAt };
  warnWithoutContact(context);
  const summary = await (options.dryRun ? dryRun(state) : lockedRun(state)).catch(
    (error: unknown) => summaryOf(state, endAndLog(state, error)),
  );
  const level = summary.exitCode === 0 ? 'info' : summary.exitCode === 1 ? 'warn' : 'error';
  context.logger[level]({ summary }, 'run finished');
  return summary;
}

function lockedRun(state: RunState): Promise<Summary> {
  const { context, options } = state;
  return withRedis(context, (redis) =>
    withLock(createLock(context, redis), context.logger, (held) =>
      withDatabase(context, async (database) => {
        state.database = database;
        await ensureMigrated(database, context, options.migrate);
        await beginRun(database.transact, context.runId, state.startedAt);
        return recordedPass(state, database, held, redis);
      }),
    ),
  );
}

/** The pass, with its end written to `aggregation_runs` unless the right to write was lost. */
async function recordedPass(
  state: RunState,
  database: Database,
  held: HeldLock,
  redis: RedisConnection | undefined,
): Promise<Summary> {
  const { context } = state;
  const transact = fencedTransact(database.transact, context.runId, () => held.assertHeld());
  const signal = AbortSignal.any([context.interrupt, held.signal]);
  const end = await settle(state, () => pass(state, { database, transact, signal }, redis));
  const summary = summaryOf(state, end);
  if (end.exitCode === 75 || end.exitCode === 74) return summary;
  const { runId, outcome, exitCode } = summary;
  const finishedAt = new Date(summary.finishedAt);
  const row = { runId, finishedAt, outcome, exitCode, summary };
  await transact((sql) => finishRun(sql, row));
  return summary;
}

async function dryRun(state: RunState): Promise<Summary> {
  const { context } = state;
  return withRedis(context, (redis) =>
    withReadOnlyDatabase(context, async (database) => {
      state.database = database;
      const access = { database, transact: writeNothing(database), signal: context.interrupt };
      return summaryOf(state, await settle(state, () => pass(state, access, redis)));
    }),
  );
}

/** A dry run goes through everything but the writing. */
function writeNothing(database: Database): Transact {
  return (work) => work({ query: database.query.bind(database), execute: async () => 0 });
}

async function settle(state: RunState, work: () => Promise<void>): Promise<RunEnd> {
  try {
    await work();
    return endOfReport(state.report);
  } catch (error) {
    return endAndLog(state, error);
  }
}

async function pass(
  state: RunState,
  access: PassAccess,
  redis: RedisConnection | undefined,
): Promise<void> {
  const { context, options } = state;
  const cache = await createCache(context, redis, options.dryRun);
  await withEsi(context, cache, access.signal, (esi) =>
    withTimeLimit(state, async (timeIsUp) => {
      state.esiCounters = () => esi.counters();
      const parts = await assemble(state, access, esi, timeIsUp);
      await refreshTypes({
        ...parts,
        maxAgeDays: context.config.TYPE_REFRESH_DAYS,
        limit: context.config.TYPE_REFRESH_LIMIT,
      });
      await reclassify(parts);
      const choice = options.regions ?? context.config.REGION_IDS;
      const regions = await chooseRegions(choice, await findRegions(access.database), esi);
      await aggregate(regions, parts);
      await countShips(
        parts,
        regions.map(({ regionId }) => regionId),
        options.dryRun,
      );
    }),
  );
}

async function assemble(
  { context, options, report }: RunState,
  access: PassAccess,
  esi: EsiClient,
  timeIsUp: AbortSignal,
): Promise<AggregationParts> {
  const { config, logger, clock } = context;
  const stored = await cachedTypes(access.database);
  const shipGroupIds = config.SHIP_GROUP_IDS
    ? new Set(config.SHIP_GROUP_IDS)
    : await findShipGroups(esi, groupsOfShips(stored), logger);
  const categories = new CategoryIndex(esi, knownCategories(stored));
  const { transact } = access;
  const typeParts = { esi, transact, categories, clock, report, shipGroupIds };
  return {
    ...access,
    esi,
    report,
    logger,
    clock,
    timeIsUp,
    typeCache: new TypeCache(typeParts, stored),
    progress: createProgress(context, options),
    batchRows: config.DB_BATCH_SIZE,
    regionConcurrency: config.REGION_CONCURRENCY,
    esiConcurrency: config.ESI_CONCURRENCY,
  };
}

async function countShips(
  { database, report }: AggregationParts,
  regionIds: readonly number[],
  isDryRun: boolean,
): Promise<void> {
  const stored = await countShipContracts(database, regionIds);
  report.shipContracts = stored + (isDryRun ? report.newShipContracts : 0);
}

async function withTimeLimit(
  { context, options }: RunState,
  work: (timeIsUp: AbortSignal) => Promise<void>,
): Promise<void> {
  const timeIsUp = new AbortController();
  const finished = new AbortController();
  if (options.timeLimitMs !== undefined) {
    context.clock.sleep(options.timeLimitMs, finished.signal).then(
      () => timeIsUp.abort(),
      () => undefined,
    );
  }
  try {
    await work(timeIsUp.signal);
  } finally {
    finished.abort();
  }
}

function groupsOfShips(stored: readonly CachedType[]): number[] {
  return stored.filter(({ isShip }) => isShip).flatMap(({ groupId }) => groupId ?? []);
}

function knownCategories(stored: readonly CachedType[]): [number, number][] {
  return stored.flatMap(({ groupId, categoryId }) =>
    groupId === null || categoryId === null ? [] : [[groupId, categoryId]],
  );
}

function createProgress({ stderr }: CommandContext, options: RunOptions): Progress {
  return options.showProgress ? createProgressBar(stderr) : silentProgress;
}

function summaryOf({ context, options, report, startedAt, ...parts }: RunState, end: RunEnd) {
  return summarise({
    runId: context.runId,
    dryRun: options.dryRun,
    startedAt,
    finishedAt: context.clock.now(),
    end,
    report,
    esi: parts.esiCounters?.(),
    database: parts.database?.counters,
  });
}

function endAndLog({ context, report }: RunState, error: unknown): RunEnd {
  const end = endOfError(error);
  const message = error instanceof Error ? error.message : String(error);
  report.fail({ message });
  const isNormalLife = end.outcome === 'interrupted' || error instanceof LockLostError;
  const level = end.outcome === 'locked' || isNormalLife ? 'warn' : 'fatal';
  context.logger[level]({ error }, message);
  return end;
}

function warnWithoutContact({ config, logger }: CommandContext): void {
  if (config.ESI_CONTACT !== undefined || !config.ESI_BASE_URL.includes('evetech.net')) return;
  logger.warn('ESI_CONTACT is not set: CCP asks for an e-mail address or URL in the User-Agent');
}
