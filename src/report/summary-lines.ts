import { paint, type Terminal } from '../terminal/terminal.ts';

/** Counts under one name; left out where there are none. */
export interface SummaryLine {
  readonly label: string;
  /** The first begins with its number. */
  readonly entries: readonly string[];
  /** Of no interest as long as all is well. */
  readonly isDim?: boolean;
}

const GAP = '  ';

/** Names and first numbers in columns, the rest beside, broken where the terminal ends. */
export function formatLines(lines: readonly SummaryLine[], terminal: Terminal): string[] {
  const filled = lines.filter(({ entries }) => entries.length > 0);
  const labelWidth = Math.max(0, ...filled.map(({ label }) => label.length));
  const numberWidth = Math.max(0, ...filled.map(({ entries }) => numberOf(entries).length));
  return filled.flatMap(({ label, entries, isDim = false }) => {
    const padding = ' '.repeat(numberWidth - numberOf(entries).length);
    const [firstEntry = '', ...others] = entries;
    const first = `${label.padEnd(labelWidth)}${GAP}${padding}${firstEntry}`;
    const indent = ' '.repeat(labelWidth + GAP.length + numberWidth + 1);
    const broken = breakParts(first, indent, others, ', ', terminal.columns);
    return isDim ? broken.map((line) => paint(line, 'dim', terminal)) : broken;
  });
}

function numberOf([first = '']: readonly string[]): string {
  return /^[\d,]*/.exec(first)?.[0] ?? '';
}

/** Words in as many lines as the terminal needs. @param indent of the lines after the first */
export function breakWords(text: string, indent: string, { columns }: Terminal): string[] {
  const [first = '', ...words] = text.split(/(?<=\S) /);
  return breakParts(first, indent, words, ' ', columns);
}

function breakParts(
  first: string,
  indent: string,
  parts: readonly string[],
  separator: string,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const lines: string[] = [];
  let line = first;
  for (const part of parts) {
    const longer = `${line}${separator}${part}`;
    // The comma after the last part of a line needs its place too.
    const fits = longer.length < columns;
    if (!fits) lines.push(`${line}${separator.trimEnd()}`);
    line = fits ? longer : `${indent}${part}`;
  }
  return [...lines, line];
}
