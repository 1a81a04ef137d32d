import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import ms from 'ms';
import { UsageError } from './errors.ts';
import { readVersion } from './version.ts';

/** Options of every command. */
export interface CommonFlags {
  readonly envFile?: string;
  readonly logLevel?: string;
  readonly logFile?: string;
}

export interface RunFlags extends CommonFlags {
  readonly region?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
  /** Say nothing but that the run failed. */
  readonly quiet?: true;
  readonly migrate?: true;
  /** Milliseconds. */
  readonly timeLimit?: number;
  /** `<i>/<n>`, or `<n>` alone in an Indexed Job of Kubernetes. */
  readonly shard?: string;
  readonly metricsFile?: string;
  readonly pingUrl?: string;
  /** False for `--no-progress`. */
  readonly progress: boolean;
}

interface MigrateFlags extends CommonFlags {
  readonly status?: true;
}

export interface StatusFlags extends CommonFlags {
  /** Milliseconds. */
  readonly maxAge?: number;
  readonly json?: true;
}

export interface ShipsFlags extends CommonFlags {
  readonly region?: readonly string[];
  readonly type?: readonly string[];
  /** ISK. */
  readonly maxPrice?: number;
  readonly limit: number;
  readonly format: 'table' | 'json' | 'csv';
}

/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'run'; readonly flags: RunFlags }
  | { readonly command: 'migrate'; readonly flags: MigrateFlags }
  | { readonly command: 'status'; readonly flags: StatusFlags }
  | { readonly command: 'ships'; readonly flags: ShipsFlags };

/**
 * Reads the command line. Undefined when it only asked for help or the version, which is then
 * written.
 *
 * @param argv arguments after the name of the program
 * @throws UsageError for anything that cannot be understood
 */
export function parseArguments(
  argv: readonly string[],
  writeOut: (text: string) => void,
): Invocation | undefined {
  let invocation: Invocation | undefined;
  const program = createProgram(writeOut, (parsed) => {
    invocation = parsed;
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(error.message.replace(/^error: /, ''), { cause: error });
  }
  return invocation;
}

function createProgram(
  writeOut: (text: string) => void,
  accept: (invocation: Invocation) => void,
): Command {
  const program = new Command('contracts-agg')
    .description("keeps EVE Online's public contracts in PostgreSQL, ship contracts marked")
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => undefined });
  addRun(program, accept);
  addMigrate(program, accept);
  addStatus(program, accept);
  addShips(program, accept);
  return program;
}

function addRun(program: Command, accept: (invocation: Invocation) => void): void {
  addCommand(program, 'run', 'one locked pass over the regions')
    .addOption(regionOption('region to read, by id or name'))
    .option('--dry-run', 'take no lock, write nothing, and tell what a run would do')
    .option('--json', 'print the summary as one JSON object')
    .addOption(quietOption())
    .option('--migrate', 'bring the tables of a server up to date first')
    .option('--time-limit <duration>', 'begin nothing new after this time, e.g. 10m', duration)
    .option('--shard <i/n>', 'do one of n parts of the pass, beside the other n - 1')
    .option('--metrics-file <path>', 'write metrics of the run for Prometheus to this .prom file')
    .option(
      '--ping-url <url>',
      'call this URL at start, success and failure, as healthchecks.io does',
    )
    .option('--no-progress', 'no progress bar')
    .action((flags: RunFlags) => accept({ command: 'run', flags }));
}

function addMigrate(program: Command, accept: (invocation: Invocation) => void): void {
  addCommand(program, 'migrate', 'bring the database to the current tables')
    .option('--status', 'only tell what is applied and what is pending; exit 1 when something is')
    .action((flags: MigrateFlags) => accept({ command: 'migrate', flags }));
}

function addStatus(program: Command, accept: (invocation: Invocation) => void): void {
  addCommand(program, 'status', 'last runs, freshness of the regions, counts')
    .option('--max-age <duration>', 'exit 1 when the last good run is older, e.g. 45m', duration)
    .option('--json', 'print as one JSON object')
    .action((flags: StatusFlags) => accept({ command: 'status', flags }));
}

function addShips(program: Command, accept: (invocation: Invocation) => void): void {
  const format = new Option('--format <format>', 'how to print').choices(['table', 'json', 'csv']);
  addCommand(program, 'ships', 'stored ship contracts, cheapest first')
    .addOption(regionOption('only this region, by id or name'))
    .option('--type <id or name>', 'only this hull (repeatable, commas allowed)', list)
    .option('--max-price <isk>', 'only up to this price', positiveNumber)
    .option('--limit <n>', 'as many at most', wholeNumber, 50)
    .addOption(format.default('table'))
    .action((flags: ShipsFlags) => accept({ command: 'ships', flags }));
}

function addCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .option('--env-file <path>', 'read settings from this file instead of .env')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent')
    .option('--log-file <path>', 'append the log to this file');
}

function regionOption(description: string): Option {
  return new Option(
    '--region <id or name>',
    `${description} (repeatable, commas allowed)`,
  ).argParser(list);
}

function quietOption(): Option {
  const description = 'print nothing, or a few lines on stderr when the run failed';
  return new Option('--quiet', description).conflicts('json');
}

function list(text: string, before: readonly string[] = []): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('An empty name or id was given.');
  return [...before, ...parts];
}

function duration(text: string): number {
  const hasUnit = /^\d+(\.\d+)?\s?[a-z]+$/i.test(text);
  const milliseconds = hasUnit ? ms(text as ms.StringValue) : undefined;
  if (milliseconds === undefined || !(milliseconds > 0)) {
    throw new InvalidArgumentError('Expected a duration with its unit, such as 90s, 45m or 2h.');
  }
  return milliseconds;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e18)) throw new InvalidArgumentError('Expected an amount of ISK.');
  return value;
}
