import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

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

/** Players write titles: what could steer a terminal is taken out. */
export function printable(value: string | number): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return stripVTControlCharacters(value).replace(/\p{Cc}/gu, ' ');
}
