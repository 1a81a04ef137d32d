import type {
  DayPrice,
  Kind,
  PriceGroup,
  PriceRow,
  Prices,
} from '../database/queries/price-queries.ts';
import { counted, formatNumber } from '../terminal/numbers.ts';
import { plainText } from '../terminal/plain-text.ts';
import { paint, type Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { type Format, formatAmount, formatRecords } from './records.ts';
import { sparkline } from './sparkline.ts';

/** What the list is of. */
export interface PriceQuestion {
  /** What was asked for. */
  readonly name: string;
  /** `The Forge, Domain`; empty for all regions. */
  readonly regions: string;
  /** First and last day, UTC: `2026-11-27`. */
  readonly since: string;
  readonly until: string;
  /** Whole days before it were deleted; undefined when none was. */
  readonly firstWholeDay: string | undefined;
}

/** Of a blueprint there may be hundreds of kinds. */
const KINDS_SHOWN = 8;
/** What a line of a terminal has room for beside its words. */
const DAYS_CHARTED = 60;
const SHOWN: readonly (readonly [PriceGroup, string])[] = [
  ['confirmed', 'confirmed'],
  ['likely', 'likely'],
  ['unknown', 'unknown'],
  ['asked', 'asked now'],
];
const NOT_COUNTED: readonly (readonly [PriceGroup, string])[] = [
  ['expired', 'expired'],
  ['relisted', 'listed again'],
  ['asks_in_return', 'asked for goods in return'],
  ['no_price', 'without a price'],
  ['auction_price_unknown', 'auctions whose price is not known'],
];
const MEANING = `confirmed: ESI says that a player accepted it
likely: the auction ended with a bid; it went for that or more
unknown: sold or withdrawn, nobody can tell which; the prices are what was asked
`;

const COLUMNS: readonly Column[] = [
  { head: 'ISK each' },
  { head: 'n' },
  { head: 'sellers', rank: 2 },
  { head: 'minimum', isRight: true },
  { head: '1st quartile', isRight: true, rank: 3 },
  { head: 'median', isRight: true },
  { head: '3rd quartile', isRight: true, rank: 4 },
  { head: 'maximum', isRight: true },
  { head: 'outliers', isRight: true, rank: 1 },
];

const CSV_COLUMNS: readonly (keyof PriceRow)[] = [
  'typeId',
  'item',
  'isBlueprintCopy',
  'runs',
  'materialEfficiency',
  'timeEfficiency',
  'group',
  'n',
  'sellers',
  'minimum',
  'q1',
  'median',
  'q3',
  'maximum',
  'outliers',
];

/** What things went for, as text. */
export function formatPrices(
  { rows, days }: Prices,
  question: PriceQuestion,
  format: Format,
  terminal: Terminal,
): string {
  if (format !== 'table') {
    return formatRecords(
      rows.map((row) => ({ ...row })),
      CSV_COLUMNS,
      format,
    );
  }
  const kinds = kindsOf(rows);
  const shown = kinds.slice(0, KINDS_SHOWN);
  const sections = shown.map((kind) => sectionOf(kind, { rows, days }, question, terminal));
  return [
    paint(headOf(question), 'bold', terminal),
    ...(kinds.length === 0 ? ['no contract of it has ended in this time, and none is open'] : []),
    ...sections,
    ...restOf(kinds.length),
    '',
    paint(`${MEANING}${prunedNote(question)}`.trimEnd(), 'dim', terminal),
    '',
  ].join('\n');
}

function headOf({ name, regions, since, until }: PriceQuestion): string {
  return `${plainText(name)}, ${regions === '' ? 'all regions' : plainText(regions)}, ended from ${since} to ${until} (UTC)`;
}

function restOf(kinds: number): string[] {
  if (kinds <= KINDS_SHOWN) return [];
  const more = formatNumber(kinds - KINDS_SHOWN);
  return ['', `${more} more kinds; --copies, --me, --te and --runs choose, --format csv has all`];
}

/** The days that `daily_prices` alone still knows. */
function prunedNote({ firstWholeDay, since }: PriceQuestion): string {
  if (firstWholeDay === undefined || firstWholeDay <= since) return '';
  return `contracts that ended before ${firstWholeDay} were deleted; the table daily_prices has them\n`;
}

/** Those of which most is known first. */
function kindsOf(rows: readonly PriceRow[]): readonly Kind[] {
  const counts = new Map<string, { kind: Kind; n: number }>();
  for (const row of rows) {
    const known = counts.get(keyOf(row));
    counts.set(keyOf(row), { kind: known?.kind ?? row, n: (known?.n ?? 0) + row.n });
  }
  return [...counts.values()].toSorted((one, other) => other.n - one.n).map(({ kind }) => kind);
}

function keyOf(kind: Kind): string {
  const { typeId, isBlueprintCopy, runs, materialEfficiency, timeEfficiency } = kind;
  return JSON.stringify([typeId, isBlueprintCopy, runs, materialEfficiency, timeEfficiency]);
}

function sectionOf(
  kind: Kind,
  prices: Prices,
  question: PriceQuestion,
  terminal: Terminal,
): string {
  const rows = prices.rows.filter((row) => keyOf(row) === keyOf(kind));
  const days = prices.days.filter((day) => keyOf(day) === keyOf(kind));
  const table = SHOWN.flatMap(([group, label]) => {
    const row = rows.find((one) => one.group === group);
    return row === undefined ? [] : [rowOf(label, row)];
  });
  const left = NOT_COUNTED.flatMap(([group, words]) => {
    const n = rows.find((one) => one.group === group)?.n ?? 0;
    return n === 0 ? [] : [`${formatNumber(n)} ${words}`];
  });
  return [
    '',
    ...titleOf(kind),
    ...(table.length === 0 ? [] : [formatTable(COLUMNS, table, terminal)]),
    ...(left.length === 0 ? [] : [`not counted: ${left.join(', ')}`]),
    ...(terminal.isTerminal ? chartsOf(days, question) : []),
  ].join('\n');
}

/** Of what is no blueprint there is one kind, which the head names. */
function titleOf(kind: Kind): string[] {
  const { isBlueprintCopy, runs, materialEfficiency: me, timeEfficiency: te } = kind;
  if (!isBlueprintCopy && me === null && te === null) return [];
  const words = [isBlueprintCopy ? 'copy' : 'original', `ME ${me ?? 0}`, `TE ${te ?? 0}`];
  return [[...words, ...(runs === null ? [] : [counted(runs, 'run')])].join(', ')];
}

function rowOf(label: string, row: PriceRow): (string | number)[] {
  const { n, sellers, minimum, q1, median, q3, maximum, outliers } = row;
  const amounts = [minimum, q1, median, q3, maximum].map((amount) =>
    amount === null ? '' : formatAmount(amount),
  );
  return [label, n, sellers, ...amounts, outliers === 0 ? '' : String(outliers)];
}

/** Medians by day, one line for what is confirmed and one for what is not. */
function chartsOf(days: readonly DayPrice[], { since, until }: PriceQuestion): string[] {
  const calendar = daysFrom(since, until).slice(-DAYS_CHARTED);
  return (['confirmed', 'likely', 'unknown'] as const).flatMap((group) => {
    const ofGroup = days.filter((one) => one.group === group && calendar.includes(one.day));
    if (ofGroup.length < 2) return [];
    const medians = new Map(ofGroup.map(({ day, median }) => [day, median]));
    const line = sparkline(calendar.map((day) => medians.get(day)));
    const amounts = [...medians.values()];
    const low = formatNumber(Math.min(...amounts), 2);
    const high = formatNumber(Math.max(...amounts), 2);
    return [`${group.padEnd(9)}  ${line}  median a day: ${low} to ${high}`];
  });
}

function daysFrom(since: string, until: string): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(since); ms <= Date.parse(until); ms += 86_400_000) {
    days.push(new Date(ms).toISOString().slice(0, 10));
  }
  return days;
}
