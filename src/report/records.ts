import { stringify } from 'csv-stringify/sync';
import { plainJson, plainText } from '../terminal/plain-text.ts';

/** How a list is printed. */
export type Format = 'table' | 'json' | 'csv';

/** What is listed: the same names in each. */
export type FlatRecord = Readonly<Record<string, string | number | boolean | null>>;

/** Amounts come as text, since a number of JavaScript does not hold all of their digits. */
const AMOUNTS: ReadonlySet<string> = new Set([
  'price',
  'priceEach',
  'buyout',
  'reward',
  'collateral',
  'minimum',
  'q1',
  'median',
  'q3',
  'maximum',
  'outcome_price',
]);

/** Records for other programs. Only JSON keeps every character of a title. */
export function formatRecords(
  records: readonly FlatRecord[],
  columns: readonly string[],
  format: Exclude<Format, 'table'>,
): string {
  return format === 'json' ? recordsToJson(records) : recordsToCsv(records, columns);
}

/** A JSON array of objects; amounts of ISK are numbers with all of their digits. */
function recordsToJson(records: readonly FlatRecord[]): string {
  if (records.length === 0) return '[]\n';
  return `[\n${records.map(recordToJson).join(',\n')}\n]\n`;
}

/** One JSON object in one line. */
export function recordToLine(record: FlatRecord): string {
  return `{${membersOf(record).join(',')}}\n`;
}

function recordToJson(record: FlatRecord): string {
  const members = membersOf(record, ' ').map((member) => `    ${member}`);
  return `  {\n${members.join(',\n')}\n  }`;
}

function membersOf(record: FlatRecord, gap = ''): string[] {
  return Object.entries(record).map(([name, value]) => {
    const isAmount = AMOUNTS.has(name) && typeof value === 'string';
    return `${JSON.stringify(name)}:${gap}${isAmount ? value : plainJson(value)}`;
  });
}

/** CSV with a head; a spreadsheet must not take a player's title for a formula. */
function recordsToCsv(records: readonly FlatRecord[], columns: readonly string[]): string {
  const plain = records.map((record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        typeof value === 'string' ? plainText(value) : value,
      ]),
    ),
  );
  return stringify(plain, {
    header: true,
    columns,
    escape_formulas: true,
    cast: { boolean: String },
  });
}

/** A cell of CSV: a number as it is written, or a text that somebody may have written. */
export type CsvCell = string | { readonly number: string } | null;

/** Lines of CSV, each with its line break; texts are made as harmless as those of `formatRecords`. */
export function rowsToCsv(rows: readonly (readonly CsvCell[])[]): string {
  const plain = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? plainText(cell) : cell)),
  );
  return stringify(plain, {
    escape_formulas: true,
    cast: {
      object: (cell) => ({ value: String(cell['number']), escape_formulas: false }),
    },
  });
}

/** As `rowsToCsv`, every text as it is; null is nothing, an empty text `""`. */
export function exactCsv(rows: readonly (readonly CsvCell[])[]): string {
  const cells = rows.map((row) =>
    row.map((cell) => (cell === null || typeof cell === 'string' ? cell : cell.number)),
  );
  return stringify(cells, { quoted_match: /^$/ });
}

/** An amount of ISK for people: `1,250,000.5`. */
export function formatAmount(text: string | null): string {
  return (text ?? '0').replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
}
