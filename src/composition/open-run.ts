import { setMaxListeners } from 'node:events';
import type { Database, Transact } from '../database/database.ts';
import { loadStaticData } from '../database/open/load-static-data.ts';
import { findRegions } from '../database/tables/regions.ts';
import { beginRun, fencedTransact, finishRun, guardedTransact } from '../database/tables/runs.ts';
import { DatabaseError, LockLostError } from '../errors.ts';
import type { HeldLock } from '../lock/lock.ts';
import type { RegionChoice } from '../model.ts';
import type { PassParts } from '../pass/pass.ts';
import { DRY_RUN, type Store, storeThatStops } from '../pass/store.ts';
import type { Redis } from '../redis.ts';
import type { Summary } from '../report/summary.ts';
import { withTimeLimit } from '../time-limit.ts';
import type { CommandContext } from './command-context.ts';
import { ensureMigrated, withDatabase, withReadOnlyDatabase } from './compose-database.ts';
import { withRedis, withRunLock } from './compose-lock.ts';
import { keepRunNote } from './run-note.ts';
import type { RunRecord } from './run-record.ts';

/** What a run is asked for, beside the settings. */
export interface RunOptions {
  readonly regions: RegionChoice;
  readonly dryRun: boolean;
  /** Bring a server's tables up to date first. */
  readonly migrate: boolean;
  /** Begin nothing new after this time. */
  readonly timeLimitMs: number | undefined;
  readonly showProgress: boolean;
  /** The summary comes to the terminal that the log goes to. */
  readonly isShown?: boolean;
}

/** Makes the pass. */
type Pass = (parts: PassParts) => Promise<void>;

/** What the pass of a run may touch, and what ends it. */
interface Access {
  readonly store: Store;
  readonly redis: Redis | undefined;
  readonly signal: AbortSignal;
}

/** A run on its way to its pass. */
interface OpenRun {
  readonly record: RunRecord;
  readonly context: CommandContext;
  readonly options: RunOptions;
  readonly pass: Pass;
}

/**
 * Opens what a run works with (lock server, lock, database, cache, ESI), makes the pass, records its
 * end in the database, and closes everything in reverse.
 *
 * @returns the summary of the pass, however the pass ended
 * @throws whatever keeps the pass from beginning, or its end from being recorded
 */
export function withOpenRun(
  record: RunRecord,
  context: CommandContext,
  options: RunOptions,
  pass: Pass,
): Promise<Summary> {
  const run = { record, context, options, pass };
  return withRedis(context, (redis) =>
    options.dryRun ? openDry(run, redis) : openLocked(run, redis),
  );
}

async function openLocked(run: OpenRun, redis: Redis | undefined): Promise<Summary> {
  const { record, context, options } = run;
  return withRunLock(context, redis, options.migrate, (held) => {
    record.monitor.began();
    return withDatabase(context, async (database) => {
      record.sources.database = database;
      // A process that slept since it took the lock must not end the run of its successor.
      const guarded = (transact: Transact) => guardedTransact(transact, held);
      await ensureMigrated(database, guarded, context, options.migrate);
      const isWhole = options.regions === 'all';
      const begin = guarded(database.transact);
      const runNumber = await beginRun(begin, context.runId, record.startedAt, isWhole);
      const endNote = await keepRunNote(context, record, database);
      try {
        await loadStaticData(database, begin, context.clock.now());
        return await recordedPass(run, { database, runNumber }, held, redis);
      } finally {
        await endNote();
      }
    });
  });
}

/** The pass, with its end written to `aggregation_runs` while that may still be written. */
async function recordedPass(
  run: OpenRun,
  { database, runNumber }: { readonly database: Database; readonly runNumber: number },
  held: HeldLock,
  redis: Redis | undefined,
): Promise<Summary> {
  const { record, context } = run;
  const write = fencedTransact(database.transact, context.runId, held);
  const signal = AbortSignal.any([context.interrupt, held.signal]);
  const failure = await failureOf(() =>
    makePass(run, { store: { read: database, write, runNumber }, signal, redis }),
  );
  const summary = failure === undefined ? record.ended() : record.failed(failure);
  if (failure instanceof LockLostError || failure instanceof DatabaseError) return summary;
  // The fence would meet the end that it has just written, when the word of it is lost.
  await guardedTransact(database.transact, held)((sql) => finishRun(sql, summary));
  await record.monitor.noteRegions(() => findRegions(database));
  return summary;
}

/** A dry run goes through everything but the lock and the writing. */
function openDry(run: OpenRun, redis: Redis | undefined): Promise<Summary> {
  const { record, context } = run;
  return withReadOnlyDatabase(context, async (database) => {
    record.sources.database = database;
    const query = database.query.bind(database);
    const store: Store = {
      read: database,
      write: (work) => work({ query, execute: async () => 0 }),
      runNumber: DRY_RUN,
    };
    await makePass(run, { store, signal: context.interrupt, redis });
    const { report } = record;
    report.shipContracts += report.newShipContracts - report.goneShipContracts;
    return record.ended();
  });
}

/** Gives the pass an ESI client, its limits in time, and somebody who watches. */
async function makePass(
  { record, context, options, pass }: OpenRun,
  access: Access,
): Promise<void> {
  const { config, logger, clock } = context;
  const { report, progress, sources } = record;
  const stopper = new AbortController();
  const signal = AbortSignal.any([access.signal, stopper.signal]);
  // Whoever waits, for ESI, a lock or a clock, listens to the one signal.
  setMaxListeners(0, signal);
  const store = storeThatStops(access.store, (reason) => stopper.abort(reason));
  // A run that finds the lock held has no use for it.
  const { createCache, withEsi } = await import('./compose-esi.ts');
  const cache = await createCache(context, access.redis, options.dryRun);
  const limits = {
    batchRows: config.DB_BATCH_SIZE,
    regionConcurrency: config.REGION_CONCURRENCY,
    esiConcurrency: config.ESI_CONCURRENCY,
  };
  // The limit is for the whole run: what was spent on opening is spent.
  const { timeLimitMs } = options;
  const leftMs = timeLimitMs === undefined ? undefined : timeLimitMs - record.elapsedMs();
  await withTimeLimit(clock, leftMs, (timeIsUp) =>
    withEsi(context, cache, { signal, timeIsUp }, (esi) => {
      sources.esi = esi;
      return pass({ esi, store, report, progress, logger, clock, signal, timeIsUp, ...limits });
    }),
  );
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}
