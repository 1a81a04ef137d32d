import { defineCommand } from '../cli/command.ts';
import { SETTINGS_NOTE } from '../cli/global-options.ts';
import { duration } from '../cli/parsers.ts';
import type { CommandContext } from '../composition/command-context.ts';

const EXIT_CODES = `Exit codes:
  0         the pass is complete
  1         partial: a region failed, ESI is down, or the time limit came first
  64        wrong usage
  69        the lock server cannot be reached; ESI was not called
  70        a fault of the program
  74        the database failed, or lacks migrations
  75        another run holds the lock, or the lock was lost on the way
  78        invalid settings
  130, 143  stopped by SIGINT or SIGTERM`;

/** Whether log and result come to the same eyes. */
function isOneTerminal({ screen, stdout, config }: CommandContext): boolean {
  return screen.terminal.isTerminal && stdout.isTTY && config.LOG_FILE === undefined;
}

export const runCommand = defineCommand({
  name: 'run',
  description: 'one locked pass over the regions',
  options: {
    region: {
      value: '<id or name>',
      isList: true,
      description: 'region to read, by id or name, or `all`',
      suggestions: 'regions',
    },
    dryRun: { description: 'take no lock, write nothing, and tell what a run would do' },
    json: { description: 'print the summary as one JSON object' },
    quiet: {
      description: 'print nothing, or a few lines on stderr when the run failed',
      conflictsWith: 'json',
    },
    migrate: { description: 'bring the tables of a server up to date first' },
    timeLimit: {
      value: '<duration>',
      description: 'begin nothing new after this time, e.g. 10m',
      parse: duration,
    },
    metricsFile: {
      value: '<path>',
      description: 'write metrics of the run for Prometheus to this .prom file',
      setting: 'METRICS_FILE',
    },
    pingUrl: {
      value: '<url>',
      description: 'call this URL at start, success and failure, as healthchecks.io does',
      setting: 'PING_URL',
    },
    progress: { no: 'no progress bar' },
  },
  examples: [
    'contracts-agg run --region "The Forge"',
    'contracts-agg run --region 10000002,Domain --dry-run',
    'contracts-agg run --time-limit 10m --json',
  ],
  notes: `${EXIT_CODES}\n\n${SETTINGS_NOTE}`,

  async handle(context, flags) {
    const { limitHeapGrowth } = await import('../composition/heap.ts');
    limitHeapGrowth();
    const { run } = await import('../composition/run.ts');
    const { resolveRegions } = await import('../composition/resolve-regions.ts');
    const summary = await run(context, {
      regions: await resolveRegions(flags.region, context),
      dryRun: flags.dryRun === true,
      migrate: flags.migrate === true,
      timeLimitMs: flags.timeLimit,
      isShown: !flags.quiet && !flags.json && isOneTerminal(context),
      showProgress: flags.progress && !flags.quiet && context.screen.canRedraw,
    });
    if (flags.quiet) {
      const { quietNotice } = await import('../report/quiet-notice.ts');
      context.screen.write(quietNotice(summary, context.config.LOG_FILE));
    } else if (flags.json) {
      context.stdout.write(`${JSON.stringify(summary)}\n`);
    } else {
      const { formatSummary } = await import('../report/summary-text.ts');
      const { terminalOf } = await import('../terminal/terminal.ts');
      const terminal = terminalOf(context.stdout, context.environment);
      context.stdout.write(`${formatSummary(summary, terminal)}\n`);
    }
    return summary.exitCode;
  },
});
