import { BUILT_IN_SHIP_GROUPS } from '../built-in-ship-groups.ts';
import { LOG_LEVELS } from '../log-levels.ts';
import { REGION_NAMES } from '../region-names.ts';
import { readStaticData } from '../static-data/static-data.ts';
import { type CommandDefinition, nameOfOption, type OptionDefinition } from './command.ts';
import { GLOBAL_OPTIONS, PROGRAM_OPTIONS } from './global-options.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

interface OptionWords {
  /** `--region` */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Whether the value is a file. */
  readonly isPath: boolean;
  readonly choices: readonly string[];
}

type Suggested = NonNullable<OptionDefinition['suggestions']>;

const SUGGESTIONS: Readonly<Record<Suggested, () => readonly string[]>> = {
  regions: () => REGION_NAMES.map(({ name }) => name),
  // Two have quotes in their names, which each shell wants written otherwise.
  hulls: () => readStaticData().hulls.filter((hull) => !hull.includes("'")),
  'ship groups': () => BUILT_IN_SHIP_GROUPS.map(({ name }) => name),
  'log levels': () => LOG_LEVELS,
};

/** A command, and what can follow it. */
interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly string[];
  readonly options: readonly OptionWords[];
}

/** A script that completes the commands in a shell. It needs nothing beyond the shell itself. */
export function completionScript(
  shell: (typeof SHELLS)[number],
  commands: readonly CommandDefinition[],
): string {
  return SCRIPTS[shell](commands.map(wordsOf));
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** What may stand before a command's name, beside `--help` and `--version`. */
const PROGRAM_WORDS = Object.entries(PROGRAM_OPTIONS).flatMap(optionWords);

function wordsOf(definition: CommandDefinition): CommandWords {
  const { name, description, arguments: words = {}, options } = definition;
  return {
    name,
    description,
    arguments: Object.values(words).flatMap(({ choices = [] }) => choices),
    options: Object.entries({ ...options, ...GLOBAL_OPTIONS }).flatMap(optionWords),
  };
}

function optionWords([key, definition]: [string, OptionDefinition]): OptionWords[] {
  const { description, no, value, suggestions } = definition;
  const choices =
    definition.choices ?? (suggestions === undefined ? [] : SUGGESTIONS[suggestions]());
  const word = { takesValue: value !== undefined, isPath: value === '<path>', choices };
  const aSwitch = { takesValue: false, isPath: false, choices: [] };
  return [
    ...(description === undefined
      ? []
      : [{ name: `--${nameOfOption(key)}`, description, ...word }]),
    ...(no === undefined
      ? []
      : [{ name: `--no-${nameOfOption(key)}`, description: no, ...aSwitch }]),
  ];
}

function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const program = { name: '', options: PROGRAM_WORDS };
  return `# Names hold blanks, so each stands in a line of its own.
_contracts_agg_values() {
  local IFS=$'\\n' unescaped="\${word//\\\\/}"
  COMPREPLY=($(compgen -W "$1" -- "$unescaped"))
  COMPREPLY=("\${COMPREPLY[@]// /\\\\ }")
}
_contracts_agg() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${PROGRAM_WORDS.filter(takesValue).map(nameOf).join(' | ')}) ((i++)); [[ "\${COMP_WORDS[i]}" != "=" ]] || ((i++)) ;;
      -*) ;;
      *) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$command $before" in
${[program, ...commands].flatMap(bashValues).join('\n')}
  esac
  case "$command" in
    "") COMPREPLY=($(compgen -W "${names} help ${PROGRAM_WORDS.map(nameOf).join(' ')} --help --version" -- "$word")) ;;
${commands.map(bashWords).join('\n')}
    help) COMPREPLY=($(compgen -W "${names}" -- "$word")) ;;
  esac
}
complete -F _contracts_agg contracts-agg
`;
}

function bashValues({ name, options }: Pick<CommandWords, 'name' | 'options'>): string[] {
  return options.filter(takesValue).map((option) => {
    const values = option.isPath
      ? 'COMPREPLY=($(compgen -f -- "$word"))'
      : `_contracts_agg_values "${option.choices.join('\n')}"`;
    return `    "${name} ${option.name}") ${values}; return ;;`;
  });
}

function bashWords({ name, arguments: words, options }: CommandWords): string {
  const offers = [...words, ...options.map(nameOf), '--help'].join(' ');
  return `    ${name}) COMPREPLY=($(compgen -W "${offers}" -- "$word")) ;;`;
}

function zshScript(commands: readonly CommandWords[]): string {
  const described = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description}`)}`,
  );
  return `#compdef contracts-agg
_contracts_agg() {
  local context state line
  local -A opt_args
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C ${PROGRAM_WORDS.map(zshOption).join(' ')} \\
    '--help[shows the commands]' '--version[shows the version]' '1:command:->command' '*::word:->word'
  case "$state" in
    command) _describe command commands ;;
    word)
      case "\${words[1]}" in
${commands.map(zshArguments).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _contracts_agg ]; then _contracts_agg "$@"; else compdef _contracts_agg contracts-agg; fi
`;
}

function zshArguments({ name, arguments: words, options }: CommandWords): string {
  const specs = [
    ...options.map(zshOption),
    quoted('--help[shows what the command does]'),
    ...(words.length === 0 ? [] : [quoted(`1:what:(${words.join(' ')})`)]),
  ];
  return `        ${name}) _arguments ${specs.join(' ')} ;;`;
}

function zshOption({ name, description, takesValue, isPath, choices }: OptionWords): string {
  const text = description.replace(/[[\]:]/g, '\\$&');
  const values = isPath ? '_files' : zshChoices(choices);
  return quoted(`*${name}[${text}]${takesValue ? `:value:${values}` : ''}`);
}

function zshChoices(choices: readonly string[]): string {
  if (choices.length === 0) return ' ';
  return `(${choices.map((choice) => choice.replaceAll(' ', '\\ ')).join(' ')})`;
}

function fishScript(commands: readonly CommandWords[]): string {
  const begin = 'complete -c contracts-agg';
  const names = commands.map(({ name }) => name).join(' ');
  const before = `${begin} -n "not __fish_seen_subcommand_from ${names}"`;
  const first = [
    ...PROGRAM_WORDS.map((option) => `${before} ${fishOption(option)}`),
    ...commands.map(({ name, description }) => `${before} -a ${name} -d ${quoted(description)}`),
  ];
  const rest = commands.flatMap((command) => {
    const after = `${begin} -n "__fish_seen_subcommand_from ${command.name}"`;
    const words = command.arguments.map((word) => `${after} -a ${word}`);
    return [...words, ...command.options.map((option) => `${after} ${fishOption(option)}`)];
  });
  return `${[`${begin} -f`, ...first, ...rest].join('\n')}\n`;
}

function fishOption({ name, description, takesValue, isPath, choices }: OptionWords): string {
  const words = choices.map((choice) => (choice.includes(' ') ? `"${choice}"` : choice));
  const values = words.length === 0 ? '' : ` -a ${quoted(words.join(' '))}`;
  const value = takesValue ? ` ${isPath ? '-rF' : '-x'}${values}` : '';
  return `-l ${name.slice(2)}${value} -d ${quoted(description)}`;
}

function takesValue(option: OptionWords): boolean {
  return option.takesValue;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** For all three shells: what is quoted holds no quotes of its own. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
