import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import ms from 'ms';
import { UsageError } from '../errors.ts';
import { readVersion } from '../version.ts';
import { wholeNumber } from '../whole-number.ts';
import { type CommandWords, completionScript } from './completion-script.ts';
import * as flag from './flags.ts';
import { HELP_TEXTS } from './help-texts.ts';

export interface RunFlags extends flag.CommonFlags {
  readonly region?: readonly string[];
  readonly dryRun?: true;
  readonly json?: true;
  /** Say nothing but that the run failed. */
  readonly quiet?: true;
  readonly migrate?: true;
  /** Milliseconds. */
  readonly timeLimit?: number;
  readonly metricsFile?: string;
  readonly pingUrl?: string;
  /** False for `--no-progress`. */
  readonly progress: boolean;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly command: 'run'; readonly flags: RunFlags }
  | { readonly command: 'migrate'; readonly flags: flag.MigrateFlags }
  | { readonly command: 'status'; readonly flags: flag.StatusFlags }
  | { readonly command: 'ships'; readonly flags: flag.OfferFlags }
  | { readonly command: 'contracts'; readonly flags: flag.ContractsFlags }
  | { readonly command: 'doctor'; readonly flags: flag.DoctorFlags };

type Accept = (invocation: Invocation) => void;

/**
 * Reads the command line. Undefined when it only asked for help, the version or a completion
 * script, which is then written.
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

function createProgram(writeOut: (text: string) => void, accept: Accept): Command {
  const program = new Command('contracts-agg')
    .description("keeps EVE Online's public contracts in PostgreSQL, ship contracts marked")
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => undefined })
    .addHelpText('after', HELP_TEXTS.program);
  addRun(program, accept);
  addMigrate(program, accept);
  addStatus(program, accept);
  addShips(program, accept);
  addContracts(program, accept);
  addDoctor(program, accept);
  addCompletion(program, writeOut);
  return program;
}

function addRun(program: Command, accept: Accept): void {
  addCommand(program, 'run', 'one locked pass over the regions')
    .addOption(listOption('--region', 'region to read, by id or name'))
    .option('--dry-run', 'take no lock, write nothing, and tell what a run would do')
    .option('--json', 'print the summary as one JSON object')
    .addOption(quietOption())
    .option('--migrate', 'bring the tables of a server up to date first')
    .option('--time-limit <duration>', 'begin nothing new after this time, e.g. 10m', duration)
    .option('--metrics-file <path>', 'write metrics of the run for Prometheus to this .prom file')
    .option(
      '--ping-url <url>',
      'call this URL at start, success and failure, as healthchecks.io does',
    )
    .option('--no-progress', 'no progress bar')
    .action((flags: RunFlags) => accept({ command: 'run', flags }));
}

function addMigrate(program: Command, accept: Accept): void {
  addCommand(program, 'migrate', 'bring the database to the current tables')
    .option('--status', 'only tell what is applied and what is pending; exit 1 when something is')
    .option('--json', 'print as one JSON object')
    .action((flags: flag.MigrateFlags) => accept({ command: 'migrate', flags }));
}

function addStatus(program: Command, accept: Accept): void {
  addCommand(program, 'status', 'last runs, freshness and coverage of the regions, counts')
    .addOption(listOption('--region', 'only this region, by id or name'))
    .option(
      '--max-age <duration>',
      'exit 1 when the last good run is older, e.g. 45m; with --region, when the region is',
      duration,
    )
    .option('--json', 'print as one JSON object')
    .action((flags: flag.StatusFlags) => accept({ command: 'status', flags }));
}

function addShips(program: Command, accept: Accept): void {
  const ships = addCommand(program, 'ships', 'stored ship contracts, cheapest first');
  addOfferOptions(ships, 'hull').action((flags: flag.OfferFlags) =>
    accept({ command: 'ships', flags }),
  );
}

function addContracts(program: Command, accept: Accept): void {
  const contracts = addCommand(program, 'contracts', 'stored contracts of every kind');
  addOfferOptions(contracts, 'item')
    .addOption(listOption('--contract-type', 'only this', flag.CONTRACT_TYPES))
    .addOption(
      listOption('--status', 'those with this status', flag.CONTRACT_STATUSES).default(
        ['outstanding'],
        'outstanding and not yet expired',
      ),
    )
    .option('--blueprint-copies', 'only with a blueprint copy among the items')
    .action((flags: flag.ContractsFlags) => accept({ command: 'contracts', flags }));
}

function addOfferOptions(command: Command, thing: string): Command {
  return command
    .addOption(listOption('--region', 'only this region, by id or name'))
    .addOption(listOption('--type', `only with this ${thing}, by id or name`))
    .addOption(listOption('--group', `only with a ${thing} of this group, by id or ship group`))
    .option('--min-price <isk>', 'only from this price, e.g. 100m', isk)
    .option('--max-price <isk>', 'only up to this price, e.g. 1.5b', isk)
    .option('--extras', 'only with additional items')
    .option('--no-extras', 'only without additional items')
    .option('--min-time-left <duration>', 'only if it lasts so long, e.g. 6h', duration)
    .option('--expires-within <duration>', 'only if it ends so soon, e.g. 1d', duration)
    .option('--title <text>', 'only with this text in the title, whatever its case')
    .addOption(choiceOption('--sort <order>', 'what comes first', flag.SORTS))
    .option('--limit <n>', 'as many at most', limit, 50)
    .addOption(choiceOption('--format <format>', 'how to print', flag.FORMATS));
}

function addDoctor(program: Command, accept: Accept): void {
  addCommand(program, 'doctor', 'checks what a run needs, and says what to do about each fault')
    .option('--json', 'print the findings as one JSON list')
    .action((flags: flag.DoctorFlags) => accept({ command: 'doctor', flags }));
}

function addCompletion(program: Command, writeOut: (text: string) => void): void {
  program
    .command('completion')
    .description('prints a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(flag.SHELLS))
    .addHelpText('after', HELP_TEXTS.completion)
    .action((shell: flag.Shell) => writeOut(completionScript(shell, wordsOf(program))));
}

function addCommand(program: Command, name: keyof typeof HELP_TEXTS, description: string): Command {
  return program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .option('--env-file <path>', 'read settings from this file instead of .env')
    .option('--log-level <level>', 'fatal, error, warn, info, debug, trace or silent')
    .option('--log-file <path>', 'append the log to this file')
    .addHelpText('after', HELP_TEXTS[name]);
}

/** What completion offers: the commands, and what can follow each. */
function wordsOf(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    arguments: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    options: command.options.map(({ long, flags, description, argChoices = [], required }) => ({
      name: long ?? '',
      description,
      takesValue: required,
      isPath: flags.endsWith('<path>'),
      choices: argChoices,
    })),
  }));
}

function listOption(name: string, description: string, choices?: readonly string[]): Option {
  const value = choices === undefined ? '<id or name>' : '<word>';
  const option = new Option(`${name} ${value}`, `${description} (repeatable, commas allowed)`);
  if (choices === undefined) return option.argParser(list);
  return option.choices(choices).argParser((text, before: readonly string[] | undefined) => {
    const unknown = list(text).find((word) => !choices.includes(word));
    if (unknown === undefined) return list(text, option.defaultValue === before ? [] : before);
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  });
}

/** @param choices the first is the default */
function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).default(choices[0]);
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

function limit(text: string): number {
  const rows = wholeNumber(text, 1);
  if (rows === undefined) throw new InvalidArgumentError('Expected a whole number.');
  return rows;
}

/** ISK as players write it: `1.5e9`, `100m`, `1.5b`. */
function isk(text: string): number {
  const [, number = text, unit = ''] = /^([\d.]+)([kmb])$/i.exec(text) ?? [];
  const zeros = { k: 'e3', m: 'e6', b: 'e9' }[unit.toLowerCase()] ?? '';
  const value = Number(number + zeros);
  if (value > 0 && value < 1e18) return value;
  throw new InvalidArgumentError('Expected an amount of ISK, such as 5000000, 5m or 1.5b.');
}
