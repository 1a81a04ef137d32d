import { setMaxListeners } from 'node:events';
import type { Database, Transact } from '../database/database.ts';
import { findRegions } from '../database/tables/region-store.ts';
import {
  beginRun,
  fencedTransact,
  finishRun,
  guardedTransact,
} from '../database/tables/run-store.ts';
import { DatabaseError, LockLostError } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import type { HeldLock } from '../lock/lock.ts';
import type { RegionChoice } from '../pass/choose-regions.ts';
import type { PassParts } from '../pass/parts.ts';
import type { Redis } from '../redis.ts';
import { endOfError, endOfReport, type RunEnd } from '../report/exit-code.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { RunReport } from '../report/run-report.ts';
import { type Summary, summarise } from '../report/summary.ts';
import { shardName } from '../sharding/shard.ts';
import { redact } from '../terminal/logging.ts';
import { type Progress, ProgressBar, silentProgress } from '../terminal/progress.ts';
import type { CommandContext } from './command-context.ts';
import { ensureMigrated, withDatabase, withReadOnlyDatabase } from './compose-database.ts';
import { createLock, withLock, withRedis } from './compose-lock.ts';
import { RunMonitor } from './compose-monitoring.ts';
import { createSharing } from './compose-sharing.ts';
import { warnOfOpenFolders } from './data-directory.ts';

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
  progress: Progress;
  readonly startedAt: Date;
  readonly startedAtMs: number;
  readonly monitor: RunMonitor;
  esi?: EsiClient;
  database?: Database;
}

/** How the pass may read and write, and what ends it. */
type Access = Pick<PassParts, 'database' | 'transact' | 'signal'>;

/** One pass. Whatever happens, it ends with a summary; nothing is thrown. */
export async function run(context: CommandContext, options: RunOptions): Promise<Summary> {
  const { clock } = context;
  const times = { startedAt: clock.now(), startedAtMs: clock.monotonicMs() };
  const report = new RunReport();
  const monitor = new RunMonitor(context, options.dryRun);
  const state: RunState = { context, options, report, monitor, progress: silentProgress, ...times };
  warnWithoutContact(context);
  await warnOfOpenFolders(context);
  if (options.showProgress) {
    state.progress = new ProgressBar({ ...context, findWait: () => state.esi?.wait });
  }
  const work = options.dryRun ? dryRun : lockedRun;
  const summary = await work(state)
    .catch((error: unknown) => summaryOf(state, endOfFailure(state, error)))
    .finally(() => state.progress.stop());
  await monitor.ended(summary);
  context.logger[levelOf(summary)]({ summary }, 'run finished');
  return summary;
}

function lockedRun(state: RunState): Promise<Summary> {
  const { context, options } = state;
  return withRedis(context, async (redis) =>
    withLock(await createLock(context, redis), context.logger, (held) => {
      state.monitor.began();
      return withDatabase(context, async (database) => {
        state.database = database;
        // A process that slept since it took the lock must not end the run of its successor.
        const transact = guardedTransact(database.transact, held);
        await ensureMigrated(database, transact, context, options.migrate);
        await beginRun(transact, context.runId, state.startedAt, context.config.SHARD);
        return recordedPass(state, database, held, redis);
      });
    }),
  );
}

/** The pass, with its end written to `aggregation_runs` while that may still be written. */
async function recordedPass(
  state: RunState,
  database: Database,
  held: HeldLock,
  redis: Redis | undefined,
): Promise<Summary> {
  const { context } = state;
  const transact = fencedTransact(database.transact, context.runId, held);
  const signal = AbortSignal.any([context.interrupt, held.signal]);
  const failure = await failureOf(() => govern(state, { database, transact, signal }, redis));
  const end = failure === undefined ? endOfReport(state.report) : endOfFailure(state, failure);
  const summary = summaryOf(state, end);
  if (failure instanceof LockLostError || failure instanceof DatabaseError) return summary;
  await transact((sql) => finishRun(sql, summary));
  await state.monitor.noteRegions(() => findRegions(database));
  return summary;
}

async function dryRun(state: RunState): Promise<Summary> {
  const { context } = state;
  return withRedis(context, (redis) =>
    withReadOnlyDatabase(context, async (database) => {
      state.database = database;
      const access = { database, transact: writeNothing(database), signal: context.interrupt };
      await govern(state, access, redis);
      const { report } = state;
      report.shipContracts += report.newShipContracts - report.goneShipContracts;
      return summaryOf(state, endOfReport(state.report));
    }),
  );
}

/** A dry run goes through everything but the writing. */
function writeNothing(database: Database): Transact {
  return (work) => work({ query: database.query.bind(database), execute: async () => 0 });
}

/** Gives the pass an ESI client, its limits in time, and somebody who watches. */
async function govern(state: RunState, access: Access, redis: Redis | undefined): Promise<void> {
  const { context, options, report, progress } = state;
  const { config, logger, clock } = context;
  const stopper = new AbortController();
  const signal = AbortSignal.any([access.signal, stopper.signal]);
  // Whoever waits, for ESI, a lock or a clock, listens to the one signal.
  setMaxListeners(0, signal);
  // A run that finds the lock held has no use for them.
  const { createCache, withEsi } = await import('./compose-esi.ts');
  const { pass } = await import('../pass/pass.ts');
  const cache = await createCache(context, redis, options.dryRun);
  const sharing = createSharing(context, redis, signal, options.dryRun);
  await withEsi(context, cache, sharing, signal, (esi) => {
    state.esi = esi;
    const choice = options.regions ?? config.REGION_IDS;
    return withTimeLimit(state, (timeIsUp) => {
      const limits = {
        batchRows: config.DB_BATCH_SIZE,
        regionConcurrency: config.REGION_CONCURRENCY,
        esiConcurrency: config.ESI_CONCURRENCY,
      };
      const stop = (reason: unknown) => stopper.abort(reason);
      const { claims } = sharing;
      const tools = { esi, claims, report, progress, logger, clock, timeIsUp, signal, stop };
      return pass({ ...access, ...tools, ...limits }, config, choice);
    });
  });
}

async function withTimeLimit(
  { context, options }: RunState,
  work: (timeIsUp: AbortSignal) => Promise<void>,
): Promise<void> {
  const timeIsUp = new AbortController();
  const { timeLimitMs } = options;
  if (timeLimitMs === undefined) return work(timeIsUp.signal);
  const cancel = context.clock.schedule(timeLimitMs, () => timeIsUp.abort());
  try {
    await work(timeIsUp.signal);
  } finally {
    cancel();
  }
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

function summaryOf(state: RunState, end: RunEnd): Summary {
  const { context, options, report, startedAt, startedAtMs, esi, database } = state;
  const { clock, config, runId, secrets } = context;
  const summary = summarise({
    runId,
    dryRun: options.dryRun,
    shard: config.SHARD && shardName(config.SHARD),
    startedAt,
    finishedAt: clock.now(),
    durationMs: Math.round(clock.monotonicMs() - startedAtMs),
    end,
    report,
    esi: esi?.counters(),
    database: database?.counters,
  });
  // It is printed and stored, beside being logged.
  return { ...summary, failures: redact(summary.failures, secrets) };
}

function endOfFailure({ context, report }: RunState, error: unknown): RunEnd {
  const end = endOfError(error);
  const message = explainFailure(error, context.config);
  report.fail({ message });
  const isNormalLife = end.outcome === 'locked' || end.outcome === 'interrupted';
  context.logger[isNormalLife ? 'warn' : 'fatal']({ error }, message);
  return end;
}

function levelOf({ exitCode }: Summary): 'info' | 'warn' | 'error' {
  if (exitCode === 0) return 'info';
  return exitCode === 1 ? 'warn' : 'error';
}

function warnWithoutContact({ config, logger }: CommandContext): void {
  if (config.ESI_CONTACT !== undefined || !config.ESI_BASE_URL.includes('evetech.net')) return;
  logger.warn('ESI_CONTACT is not set: CCP asks for an e-mail address or URL in the User-Agent');
}
