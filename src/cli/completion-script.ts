import type { Shell } from './flags.ts';

interface OptionWords {
  /** `--region` */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Whether the value is a file. */
  readonly isPath: boolean;
  readonly choices: readonly string[];
}

/** A command, and what can follow it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly string[];
  readonly options: readonly OptionWords[];
}

/** A script that completes the commands in a shell. It needs nothing beyond the shell itself. */
export function completionScript(shell: Shell, commands: readonly CommandWords[]): string {
  return SCRIPTS[shell](commands);
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

function bashScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `_contracts_agg() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(bashValues).join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(bashWords).join('\n')}
    help) COMPREPLY=($(compgen -W "${names}" -- "$word")) ;;
  esac
}
complete -F _contracts_agg contracts-agg
`;
}

function bashValues({ name, options }: CommandWords): string[] {
  return options.filter(takesValue).map((option) => {
    const files = option.isPath ? '-f' : `-W "${option.choices.join(' ')}"`;
    return `    "${name} ${option.name}") COMPREPLY=($(compgen ${files} -- "$word")); return ;;`;
  });
}

function bashWords(command: CommandWords): string {
  const words = [...command.arguments, ...optionNames(command)].join(' ');
  return `    ${command.name}) COMPREPLY=($(compgen -W "${words}" -- "$word")) ;;`;
}

function zshScript(commands: readonly CommandWords[]): string {
  const described = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description}`)}`,
  );
  return `#compdef contracts-agg
_contracts_agg() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${commands.map(zshArguments).join('\n')}
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
  return `    ${name}) _arguments ${specs.join(' ')} ;;`;
}

function zshOption({ name, description, takesValue, isPath, choices }: OptionWords): string {
  const text = description.replace(/[[\]:]/g, '\\$&');
  const values = isPath ? '_files' : choices.length === 0 ? ' ' : `(${choices.join(' ')})`;
  return quoted(`*${name}[${text}]${takesValue ? `:value:${values}` : ''}`);
}

function fishScript(commands: readonly CommandWords[]): string {
  const begin = 'complete -c contracts-agg';
  const names = commands.map(({ name }) => name).join(' ');
  const first = commands.map(
    ({ name, description }) =>
      `${begin} -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${quoted(description)}`,
  );
  const rest = commands.flatMap((command) => {
    const after = `${begin} -n "__fish_seen_subcommand_from ${command.name}"`;
    const words = command.arguments.map((word) => `${after} -a ${word}`);
    return [...words, ...command.options.map((option) => `${after} ${fishOption(option)}`)];
  });
  return `${[`${begin} -f`, ...first, ...rest].join('\n')}\n`;
}

function fishOption({ name, description, takesValue, isPath, choices }: OptionWords): string {
  const values = choices.length === 0 ? '' : ` -a ${quoted(choices.join(' '))}`;
  const value = takesValue ? ` ${isPath ? '-rF' : '-x'}${values}` : '';
  return `-l ${name.slice(2)}${value} -d ${quoted(description)}`;
}

function takesValue(option: OptionWords): boolean {
  return option.takesValue;
}

function optionNames({ options }: CommandWords): string[] {
  return [...options.map(({ name }) => name), '--help'];
}

/** For all three shells: what is quoted holds no quotes of its own. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
