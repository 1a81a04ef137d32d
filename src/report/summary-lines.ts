import { paint, type Terminal } from '../terminal.ts';

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
    const first = `${label.padEnd(labelWidth)}${GAP}${padding}`;
    const indent = ' '.repeat(labelWidth + GAP.length + numberWidth + 1);
    const broken = breakEntries(first, indent, entries, terminal.columns);
    return isDim ? broken.map((line) => paint(line, 'dim', terminal)) : broken;
  });
}

function numberOf([first = '']: readonly string[]): string {
  return /^[\d,]*/.exec(first)?.[0] ?? '';
}

function breakEntries(
  first: string,
  indent: string,
  entries: readonly string[],
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const entry of entries) {
    const longer = isEmpty ? `${line}${entry}` : `${line}, ${entry}`;
    const fits = isEmpty || longer.length < columns;
    // The comma after the last entry of a line needs its place too.
    if (!fits) lines.push(`${line},`);
    line = fits ? longer : `${indent}${entry}`;
    isEmpty = false;
  }
  return [...lines, line];
}
