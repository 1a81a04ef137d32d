import { type CommandDefinition, nameOfOption, type Options } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { GLOBAL_OPTIONS } from '../src/cli/global-options.ts';

/** The manual, in roff, made of what the commands say of themselves. */
export function manPage(version: string): string {
  return [
    `.TH CONTRACTS\\-AGG 1 "" "contracts\\-agg ${version}"`,
    '.SH NAME',
    "contracts\\-agg \\- keeps EVE Online's public contracts in PostgreSQL",
    '.SH SYNOPSIS',
    '.B contracts\\-agg',
    '.I command',
    '[options]',
    '.SH COMMANDS',
    ...COMMANDS.flatMap(commandText),
    '.SH "OPTIONS OF EVERY COMMAND"',
    ...optionsText(GLOBAL_OPTIONS),
    '.SH SETTINGS',
    'Settings are environment variables, or lines of a file .env; an option wins over both. README.md of the package lists them.',
    '',
  ].join('\n');
}

function commandText({
  name,
  description,
  arguments: words = {},
  options,
  notes,
  examples,
}: CommandDefinition) {
  const values = Object.values(words).map(({ value = '' }) => value);
  return [
    `.SS ${roff([name, ...values].join(' '))}`,
    line(`${description}.`),
    ...optionsText(options),
    ...(notes === undefined ? [] : ['.PP', '.nf', ...notes.split('\n').map(line), '.fi']),
    '.PP',
    '.nf',
    ...examples.map(line),
    '.fi',
  ];
}

function optionsText(options: Options): string[] {
  return Object.entries(options).flatMap(([key, { value = '', description, no }]) => {
    const name = nameOfOption(key);
    return [
      ...(description === undefined ? [] : optionText(`--${name}`, value, description)),
      ...(no === undefined ? [] : optionText(`--no-${name}`, '', no)),
    ];
  });
}

function optionText(name: string, value: string, description: string): string[] {
  const words = value === '' ? `.B ${roff(name)}` : `.BI ${roff(name)} " ${roff(value)}"`;
  return ['.TP', words, line(description)];
}

/** A line of text: one that begins with a point or an apostrophe would be a request. */
function line(text: string): string {
  const plain = roff(text);
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}

function roff(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
  return plain.replace(/[^\n -~]/gu, (character) => `\\[u${hexOf(character)}]`);
}

function hexOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}
