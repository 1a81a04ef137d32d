import { Argument, Command, CommanderError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { readVersion } from '../version.ts';
import {
  type CommandDefinition,
  type Invocation,
  nameOfOption,
  type OptionDefinition,
  type Options,
} from './command.ts';
import { COMMANDS } from './commands.ts';
import { GLOBAL_OPTIONS, PROGRAM_OPTIONS, SETTINGS_NOTE } from './global-options.ts';
import { list } from './parsers.ts';

type Flags = Invocation['flags'];
type Accept = (definition: CommandDefinition, flags: Flags) => void;

const EXAMPLES = [
  'contracts-agg run',
  'contracts-agg doctor',
  'contracts-agg ships --max-price 50m',
];
const GLOBAL_GROUP = 'Options of every command, before or after its name:';

/**
 * Reads the command line. Undefined when it only asked for words: help, the version or a
 * completion script, which are then written.
 *
 * @param argv arguments after the name of the program
 * @throws UsageError for anything that cannot be understood
 */
export function parseArguments(
  argv: readonly string[],
  writeOut: (text: string) => void,
): Invocation | undefined {
  let invocation: Invocation | undefined;
  const program = createProgram(writeOut, (definition, flags) => {
    if ('print' in definition) writeOut(definition.print(flags, COMMANDS));
    else invocation = invocationOf(definition, flags);
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(messageOf(error), { cause: error });
  }
  return invocation;
}

function messageOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'a command is missing: `contracts-agg --help` lists them';
  return message.replace(/^error: /, '');
}

function createProgram(writeOut: (text: string) => void, accept: Accept): Command {
  const program = new Command('contracts-agg')
    .description("keeps EVE Online's public contracts in PostgreSQL, ship contracts marked")
    .version(readVersion())
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => undefined })
    .addHelpText('after', `\n${SETTINGS_NOTE}\n${examplesText(EXAMPLES)}`)
    .hook('preSubcommand', handDown);
  addOptions(program, PROGRAM_OPTIONS, GLOBAL_GROUP);
  for (const definition of COMMANDS) addCommand(program, definition, accept);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, accept: Accept): void {
  const { name, description, options, arguments: words = {}, examples, notes } = definition;
  const command = program
    .command(name)
    .description(description)
    .allowExcessArguments(false)
    .addHelpText('after', examplesText(examples));
  if (notes !== undefined) command.addHelpText('after', `\n${notes}`);
  for (const word of Object.values(words)) command.addArgument(toArgument(word));
  addOptions(command, options);
  addOptions(command, GLOBAL_OPTIONS, GLOBAL_GROUP);
  command.action(() => {
    const given = Object.keys(words).map((key, index) => [key, command.processedArgs[index]]);
    accept(definition, { ...command.opts(), ...Object.fromEntries(given) });
  });
}

function addOptions(command: Command, options: Options, group?: string): void {
  for (const option of Object.entries(options).flatMap(toOptions)) {
    command.addOption(group === undefined ? option : option.helpGroup(group));
  }
}

/** `--extras` and `--no-extras` are two options to commander. */
function toOptions([key, definition]: [string, OptionDefinition]): Option[] {
  const { description, no } = definition;
  const name = nameOfOption(key);
  return [
    ...(description === undefined ? [] : [toOption(name, description, definition)]),
    ...(no === undefined ? [] : [new Option(`--no-${name}`, no)]),
  ];
}

function toOption(
  name: string,
  description: string,
  { value, isList, choices, parse, byDefault, byDefaultMeans, conflictsWith }: OptionDefinition,
): Option {
  const flags = value === undefined ? `--${name}` : `--${name} ${value}`;
  const option = new Option(
    flags,
    isList ? `${description} (repeatable, commas allowed)` : description,
  )
    .default(byDefault, byDefaultMeans)
    .conflicts(conflictsWith ?? []);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(parse);
  if (!isList) return option;
  return option.argParser((text, before: readonly string[] = []) => [
    ...(before === byDefault ? [] : before),
    ...list(text, choices),
  ]);
}

function toArgument({ value = '', description, choices }: OptionDefinition): Argument {
  const argument = new Argument(value, description);
  return choices === undefined ? argument : argument.choices(choices);
}

/** Options before a command's name are the command's, as if they came first after it. */
function handDown(program: Command, command: Command): void {
  for (const option of program.options) {
    const key = option.attributeName();
    if (program.getOptionValueSource(key) !== 'cli') continue;
    if (!command.options.some((known) => known.attributeName() === key)) {
      command.error(`error: unknown option '${option.long}' for '${command.name()}'`);
    }
    command.setOptionValueWithSource(key, program.getOptionValue(key), 'cli');
  }
}

function invocationOf(command: Invocation['command'], flags: Flags): Invocation {
  const options: Options = { ...GLOBAL_OPTIONS, ...command.options };
  const settings = Object.entries(options).flatMap(([key, { setting }]) =>
    setting === undefined || flags[key] === undefined ? [] : [[setting, flags[key]]],
  );
  return {
    command,
    flags,
    settings: Object.fromEntries(settings),
    secretUrls: Object.entries(options).flatMap(([key, { isSecret }]) =>
      isSecret && typeof flags[key] === 'string' ? [flags[key]] : [],
    ),
    envFile: flags['envFile'] as string | undefined,
    isQuiet: flags['quiet'] === true,
  };
}

function examplesText(examples: readonly string[]): string {
  return ['', 'Examples:', ...examples.map((example) => `  ${example}`)].join('\n');
}
