import stringWidth from 'string-width';
import { formatNumber } from './numbers.ts';
import { plainText } from './plain-text.ts';
import { paint, type Terminal } from './terminal.ts';

/** The longest title seen has 50 characters; one of a megabyte would make every row as wide. */
const MAX_CHARACTERS = 80;
const GAP = '  ';

/** A column of a table; one without a rank keeps its width whatever the terminal has. */
export interface Column {
  readonly head: string;
  /** To the right, as numbers are. @default as the first value */
  readonly isRight?: boolean;
  /** Where the table is too wide, the column with the lowest rank gives way first. */
  readonly rank?: number;
  /** It is shortened to this width before it goes; without it, it goes at once. */
  readonly minWidth?: number;
  /** It stays although it has no value. */
  readonly isKept?: boolean;
}

type Value = string | number;
type Canvas = Pick<Terminal, 'columns' | 'hasColors'>;

/** A column with its cells as printed. */
interface Strip {
  readonly column: Column;
  /** The head first. */
  readonly cells: readonly string[];
  readonly isRight: boolean;
  readonly width: number;
}

const PIPE: Canvas = { columns: undefined, hasColors: false };
const GRAPHEMES = new Intl.Segmenter();

/**
 * Aligned columns under a head; numbers to the right. One without any value is left out. In a
 * terminal, it is as narrow as that.
 */
export function formatTable(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Value[])[],
  canvas: Canvas = PIPE,
): string {
  const strips = columns
    .map((column, index) => toStrip(column, rows, index))
    .filter(
      ({ column, cells: [, ...values] }) =>
        rows.length === 0 || column.isKept === true || values.some((value) => value !== ''),
    );
  const fitting = fitted(strips, canvas.columns ?? Number.POSITIVE_INFINITY);
  const lines = [undefined, ...rows].map((_, row) => lineOf(fitting, row));
  return lines.map((line, row) => (row === 0 ? paint(line, 'bold', canvas) : line)).join('\n');
}

/** What a cell shows of a value. */
export function printable(value: Value): string {
  if (typeof value === 'number') return formatNumber(value);
  return shortened(plainText(value));
}

function toStrip(
  column: string | Column,
  rows: readonly (readonly Value[])[],
  index: number,
): Strip {
  const known = typeof column === 'string' ? { head: column } : column;
  const cells = [known.head, ...rows.map((row) => printable(row[index] ?? ''))];
  const width = cells.reduce((most, cell) => Math.max(most, stringWidth(cell)), 0);
  const isRight = known.isRight ?? typeof rows[0]?.[index] === 'number';
  return { column: known, cells, isRight, width };
}

/** Leaves out as few columns as it can, those of the lowest rank, and shortens what is left. */
function fitted(strips: readonly Strip[], available: number): readonly Strip[] {
  const byRank = strips
    .filter(({ column }) => column.rank !== undefined)
    .sort((one, other) => (one.column.rank ?? 0) - (other.column.rank ?? 0));
  // What is not worth shortening anything else for goes first.
  const expendable = byRank.findIndex(({ column }) => column.minWidth !== undefined);
  for (const dropped of byRank.keys()) {
    const rest = strips.filter(
      (strip) => byRank.indexOf(strip) >= dropped || !byRank.includes(strip),
    );
    const isShortened = dropped >= expendable;
    const narrowed = isShortened ? narrow(rest, byRank.slice(dropped), available) : rest;
    if (excess(narrowed, available) <= 0) return narrowed;
  }
  return strips.filter((strip) => !byRank.includes(strip));
}

/** Shortens the columns, one after the other, until the table fits or none gives way any more. */
function narrow(
  strips: readonly Strip[],
  byRank: readonly Strip[],
  available: number,
): readonly Strip[] {
  return byRank.reduce((rest, strip) => {
    const { width, column } = strip;
    const minWidth = Math.min(width, column.minWidth ?? width);
    const narrowed = Math.max(minWidth, width - Math.max(0, excess(rest, available)));
    return rest.map((one) => (one === strip ? { ...strip, width: narrowed } : one));
  }, strips);
}

/** How much wider than allowed the table is. */
function excess(strips: readonly Strip[], available: number): number {
  const widths = strips.reduce((sum, { width }) => sum + width, 0);
  return widths + GAP.length * (strips.length - 1) - available;
}

function lineOf(strips: readonly Strip[], row: number): string {
  const cells = strips.map(({ cells: texts, width, isRight }) => {
    const text = cut(texts[row] ?? '', width);
    const blanks = ' '.repeat(Math.max(0, width - stringWidth(text)));
    return isRight ? blanks + text : text + blanks;
  });
  return cells.join(GAP).trimEnd();
}

/** The text in so many columns of a terminal; wide characters take two. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (stringWidth(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}…`;
}

function shortened(text: string): string {
  // Twice as many UTF-16 units hold so many characters, whatever they are.
  const characters = [...text.slice(0, 2 * MAX_CHARACTERS + 2)];
  if (characters.length <= MAX_CHARACTERS) return text;
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
