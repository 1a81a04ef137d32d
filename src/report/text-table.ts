import Table from 'cli-table3';
import { plainText } from './plain-text.ts';

/** The longest title seen has 50 characters; one of a megabyte would make every row as wide. */
const MAX_CHARACTERS = 80;

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Aligned columns under a head; numbers to the right. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const [first = []] = rows;
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (typeof first[index] === 'number' ? 'right' : 'left')),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map(printable)));
  return table.toString().replace(/ +$/gm, '');
}

/** What a cell shows of a value. */
export function printable(value: string | number): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return shortened(plainText(value));
}

function shortened(text: string): string {
  // Twice as many UTF-16 units hold so many characters, whatever they are.
  const characters = [...text.slice(0, 2 * MAX_CHARACTERS + 2)];
  if (characters.length <= MAX_CHARACTERS) return text;
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
