import { CLOCK_SLACK_MS } from '../clock.ts';
import type { RegionState } from '../database/tables/regions.ts';
import type { RegionChoice } from '../model.ts';
import { metricsRemedy, readMetricsFile, writeMetricsFile } from '../monitoring/metrics-file.ts';
import { endPing, type PingMessage, startPing } from '../monitoring/ping-message.ts';
import { sendPing } from '../monitoring/pinger.ts';
import { readStandingFacts } from '../monitoring/previous-metrics.ts';
import { metricsOf, type RegionFreshness } from '../monitoring/run-metrics.ts';
import type { Summary } from '../report/summary.ts';
import type { CommandContext } from './command-context.ts';

const ATTEMPTS = 3;

/** Tells the world about a run. Nothing that it does can fail a run. */
export class RunMonitor {
  readonly #context: CommandContext;
  readonly #isSilent: boolean;
  /** The run is over all that the settings name. */
  readonly #isWhole: boolean;
  #regions: readonly RegionFreshness[] | undefined;
  #startPing: Promise<void> | undefined;

  /**
   * @param isSilent tells nobody: of a dry run
   * @param regions those of the run
   */
  constructor(context: CommandContext, isSilent: boolean, regions: RegionChoice) {
    this.#context = context;
    this.#isSilent = isSilent;
    this.#isWhole = covers(regions, context.config.REGION_IDS);
  }

  /** The run has its lock. The ping goes beside the work. */
  began(): void {
    const { PING_URL: base } = this.#context.config;
    if (this.#isSilent || base === undefined) return;
    this.#startPing = this.#ping(startPing(base, this.#context.runId), 1);
  }

  /** Takes note of how fresh the regions of the settings are. */
  async noteRegions(read: () => Promise<readonly RegionState[]>): Promise<void> {
    const { config, logger } = this.#context;
    if (this.#isSilent || config.METRICS_FILE === undefined) return;
    try {
      this.#regions = (await read()).flatMap((region) => freshnessOf(region, config.REGION_IDS));
    } catch (error) {
      logger.debug({ error }, 'the metrics keep what they told of the regions');
    }
  }

  /** The run has ended; returns when everybody has been told. */
  async ended(summary: Summary): Promise<void> {
    if (this.#isSilent) return;
    // The metrics first: a server of pings may take its time.
    await this.#writeMetrics(summary);
    await this.#startPing;
    const { PING_URL: base } = this.#context.config;
    const message = base === undefined ? undefined : endPing(base, summary);
    if (message !== undefined) await this.#ping(message, ATTEMPTS);
  }

  async #ping(message: PingMessage, attempts: number): Promise<void> {
    const { adapters, environment, clock, logger, interrupt } = this.#context;
    try {
      const web = await adapters.connectWeb(environment);
      await sendPing(message, attempts, { post: web.post, clock, logger, interrupt });
      await web.close();
    } catch (error) {
      // The ping of the start is on its way while nobody waits for it: it must not throw.
      logger.warn({ error }, 'the ping could not be sent');
    }
  }

  async #writeMetrics(summary: Summary): Promise<void> {
    const { config, logger, runId } = this.#context;
    const { METRICS_FILE: path } = config;
    // Of a run that found another at work, or was overtaken, the other will tell.
    if (path === undefined || summary.outcome === 'locked') return;
    try {
      await writeMetricsFile(path, await this.#metricsText(path, summary), runId);
    } catch (error) {
      const remedy = metricsRemedy(path, error);
      logger.error({ error, path, remedy }, 'the metrics file could not be written');
    }
  }

  async #metricsText(path: string, summary: Summary): Promise<string> {
    const finishedAt = new Date(summary.finishedAt);
    const latest = new Date(finishedAt.getTime() + CLOCK_SLACK_MS);
    const before = readStandingFacts(await readMetricsFile(path), latest);
    const { metricsText } = await import('../monitoring/metrics-text.ts');
    const facts = {
      lastCompleteAt: summary.exitCode === 0 && this.#isWhole ? finishedAt : before.lastCompleteAt,
      regions: this.#regions ?? before.regions,
    };
    return metricsText(metricsOf(summary, facts));
  }
}

/** Whether a run over the one is a run over all of the other. */
function covers(regions: RegionChoice, wanted: RegionChoice): boolean {
  if (regions === 'all') return true;
  return wanted !== 'all' && wanted.every((regionId) => regions.includes(regionId));
}

/** A region that the settings name no longer would only grow old. */
function freshnessOf(
  { regionId, name, snapshotLastModified }: RegionState,
  chosen: RegionChoice,
): RegionFreshness[] {
  if (snapshotLastModified === null) return [];
  if (chosen !== 'all' && !chosen.includes(regionId)) return [];
  return [{ regionId, name, snapshotLastModified }];
}
