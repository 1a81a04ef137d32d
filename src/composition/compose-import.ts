import { findArchives, sampled } from '../archive/archive-source.ts';
import { ArchiveWeb } from '../archive/archive-web.ts';
import type { Database, Transact } from '../database/database.ts';
import { loadStaticData } from '../database/open/load-static-data.ts';
import { beginRun, fencedTransact, finishRun, guardedTransact } from '../database/tables/runs.ts';
import { UsageError } from '../errors.ts';
import { type ImportedArchives, importArchives } from '../importing/import-archives.ts';
import { ImportProgress } from '../importing/import-progress.ts';
import type { HeldLock } from '../lock/lock.ts';
import { endOfError } from '../report/exit-code.ts';
import type { ImportSummary } from '../report/import-report.ts';
import { RunReport } from '../report/run-report.ts';
import { redact } from '../terminal/logging.ts';
import type { CommandContext } from './command-context.ts';
import { ensureMigrated, withDatabase } from './compose-database.ts';
import { userAgentOf } from './compose-esi.ts';
import { withRedis, withRunLock } from './compose-lock.ts';

/** What an import is asked for. */
export interface ImportOptions {
  /** Files, folders, URLs, or `-`. */
  readonly places: readonly string[];
  /** One archive in each span of so much time. */
  readonly everyMs: number | undefined;
  readonly showProgress: boolean;
}

/** An import on its way. */
interface OpenImport {
  readonly context: CommandContext;
  readonly report: RunReport;
  readonly startedAt: Date;
  readonly startedAtMs: number;
}

/**
 * Imports archives under the lock of the runs, as a run of its own kind.
 *
 * @param timeIsUp no other archive is begun
 * @throws UsageError for places that hold no archive; whatever keeps the import from beginning
 */
export async function importStored(
  context: CommandContext,
  options: ImportOptions,
  timeIsUp: AbortSignal,
): Promise<ImportSummary> {
  const { adapters, environment, clock, random, config, stdin, interrupt: signal } = context;
  const startedAtMs = clock.monotonicMs();
  const opened = { context, report: new RunReport(), startedAt: clock.now(), startedAtMs };
  const connections = await adapters.connectWeb(environment);
  try {
    const userAgent = userAgentOf(config.ESI_CONTACT);
    const web = new ArchiveWeb({ get: connections.get, userAgent, clock, random });
    const found = await findArchives(options.places, { web, stdin, signal });
    const sources = options.everyMs === undefined ? found : sampled(found, options.everyMs);
    if (sources.length === 0) throw new UsageError('there is no archive to import');
    const progress = new ImportProgress({ ...context, isShown: options.showProgress });
    progress.start(sources.length);
    try {
      return await withStore(opened, (store, held) =>
        importArchives(sources, config.REGION_IDS, {
          ...context,
          report: opened.report,
          store,
          signal: AbortSignal.any([signal, held.signal]),
          timeIsUp,
          batchRows: config.DB_BATCH_SIZE,
          progress,
        }),
      );
    } finally {
      progress.stop();
    }
  } finally {
    await connections.close();
  }
}

/** Takes the lock, opens the database, and records the import there as a run. */
function withStore(
  opened: OpenImport,
  work: (
    store: { read: Database; write: Transact; runNumber: number },
    held: HeldLock,
  ) => Promise<ImportedArchives>,
): Promise<ImportSummary> {
  const { context, startedAt } = opened;
  return withRedis(context, (redis) =>
    withRunLock(context, redis, false, (held) =>
      withDatabase(context, async (database) => {
        const guarded = (transact: Transact) => guardedTransact(transact, held);
        await ensureMigrated(database, guarded, context, false);
        const begin = guarded(database.transact);
        const runNumber = await beginRun(begin, context.runId, startedAt);
        await loadStaticData(database, begin, context.clock.now());
        const write = fencedTransact(database.transact, context.runId, held);
        const end = (summary: ImportSummary) => begin((sql) => finishRun(sql, summary));
        try {
          const archives = await work({ read: database, write, runNumber }, held);
          const summary = summaryOf(opened, archives);
          await end(summary);
          return summary;
        } catch (error) {
          await end(failedSummary(opened, error)).catch(() => undefined);
          throw error;
        }
      }),
    ),
  );
}

function summaryOf(opened: OpenImport, archives: ImportedArchives): ImportSummary {
  const isPartial = archives.failed > 0 || opened.report.ranOutOfTime;
  const end = isPartial
    ? { outcome: 'partial', exitCode: 1 }
    : { outcome: 'imported', exitCode: 0 };
  return summarised(opened, archives, end);
}

function failedSummary(opened: OpenImport, error: unknown): ImportSummary {
  return summarised(opened, undefined, endOfError(error));
}

function summarised(
  { context, report, startedAt, startedAtMs }: OpenImport,
  archives: ImportedArchives | undefined,
  end: { readonly outcome: string; readonly exitCode: number },
): ImportSummary {
  const { clock, runId, secrets } = context;
  const { contracts, items, bids, outcomes, failures, failureCount } = report;
  const { listed, inserted, updated, closed, expired, skipped, pending } = contracts;
  return {
    runId,
    ...end,
    startedAt: startedAt.toISOString(),
    finishedAt: clock.now().toISOString(),
    durationMs: Math.round(clock.monotonicMs() - startedAtMs),
    archives: archives ?? { imported: 0, unchanged: 0, old: 0, failed: 0 },
    contracts: { listed, inserted, updated, closed, expired, skipped, pending },
    items,
    bids,
    outcomes: { decided: outcomes.decided, revised: outcomes.revised },
    failures: redact(failures, secrets),
    failureCount,
    ranOutOfTime: report.ranOutOfTime,
  };
}
