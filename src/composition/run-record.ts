import type { Database } from '../database/database.ts';
import type { EsiClient } from '../esi/client.ts';
import type { RegionChoice } from '../model.ts';
import { endOfError, endOfReport, type RunEnd } from '../report/exit-code.ts';
import { explainFailure } from '../report/explain-failure.ts';
import { RunReport } from '../report/run-report.ts';
import { type Summary, summarise } from '../report/summary.ts';
import { redact } from '../terminal/logging.ts';
import { type Progress, progressBar, progressLog } from '../terminal/progress.ts';
import type { CommandContext } from './command-context.ts';
import { RunMonitor } from './compose-monitoring.ts';

const PROGRAM_FAULT = 70;

interface RecordOptions {
  /** Whoever reads the log reads the summary, too: what they both say is said once. */
  readonly isShown?: boolean;
  readonly dryRun: boolean;
  readonly showProgress: boolean;
  readonly regions: RegionChoice;
}

/** What is told of one run: its counts while it goes on, its summary at the end. */
export class RunRecord {
  readonly report = new RunReport();
  readonly progress: Progress;
  readonly monitor: RunMonitor;
  /** When the run began, by the clock of this machine. */
  readonly startedAt: Date;
  /** What the run has opened so far, for its counters. */
  readonly sources: {
    database?: Pick<Database, 'counters'>;
    esi?: Pick<EsiClient, 'counters' | 'wait'>;
  } = {};
  readonly #context: CommandContext;
  readonly #dryRun: boolean;
  readonly #isShown: boolean;
  readonly #startedAtMs: number;

  constructor(context: CommandContext, { dryRun, showProgress, regions, isShown }: RecordOptions) {
    const { clock } = context;
    this.#context = context;
    this.#dryRun = dryRun;
    this.#isShown = isShown === true;
    this.startedAt = clock.now();
    this.#startedAtMs = clock.monotonicMs();
    this.monitor = new RunMonitor(context, dryRun, regions);
    const findWait = () => this.sources.esi?.wait;
    const parts = { ...context, findWait };
    this.progress = showProgress ? progressBar(parts) : progressLog(parts);
  }

  /** Milliseconds since the run began. */
  elapsedMs(): number {
    return this.#context.clock.monotonicMs() - this.#startedAtMs;
  }

  /** The summary of a run that went through. */
  ended(): Summary {
    return this.#summary(endOfReport(this.report));
  }

  /** The summary of a run that an error ended; the error is logged, and told in words. */
  failed(error: unknown): Summary {
    const { logger, config } = this.#context;
    const end = endOfError(error);
    const message = explainFailure(error, config);
    this.report.fail({ message });
    const isNormalLife = end.outcome === 'locked' || end.outcome === 'interrupted';
    const level = isNormalLife ? 'warn' : 'fatal';
    // Of a fault of the program, the summary does not say where it is.
    const isTold = this.#isShown && end.exitCode !== PROGRAM_FAULT;
    logger[isTold ? 'debug' : level]({ error }, message);
    return this.#summary(end);
  }

  /** Tells the end to everybody who listens: screen, monitoring, log. */
  async told(summary: Summary): Promise<void> {
    this.progress.stop();
    await this.monitor.ended(summary);
    const level = this.#isShown ? 'debug' : levelOf(summary);
    this.#context.logger[level]({ summary }, 'run finished');
  }

  #summary(end: RunEnd): Summary {
    const { clock, runId, secrets } = this.#context;
    const { database, esi } = this.sources;
    const summary = summarise({
      runId,
      dryRun: this.#dryRun,
      startedAt: this.startedAt,
      finishedAt: clock.now(),
      durationMs: Math.round(this.elapsedMs()),
      end,
      report: this.report,
      esi: esi?.counters(),
      database: database?.counters,
    });
    // It is printed and stored, beside being logged.
    return { ...summary, failures: redact(summary.failures, secrets) };
  }
}

function levelOf({ exitCode }: Summary): 'info' | 'warn' | 'error' {
  if (exitCode === 0) return 'info';
  return exitCode === 1 ? 'warn' : 'error';
}
