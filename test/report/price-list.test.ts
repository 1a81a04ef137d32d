import { describe, expect, it } from 'vitest';
import type { DayPrice, PriceGroup, PriceRow } from '../../src/database/queries/price-queries.ts';
import { formatPrices, type PriceQuestion } from '../../src/report/price-list.ts';
import { sparkline } from '../../src/report/sparkline.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const PIPE: Terminal = { isTerminal: false, columns: undefined, hasColors: false };
const SCREEN: Terminal = { isTerminal: true, columns: 100, hasColors: false };
const QUESTION: PriceQuestion = {
  name: 'Gila',
  regions: 'The Forge',
  since: '2026-09-05',
  until: '2026-09-08',
  firstWholeDay: undefined,
};
const HULL = {
  typeId: 17_715,
  item: 'Gila',
  isBlueprintCopy: false,
  runs: null,
  materialEfficiency: null,
  timeEfficiency: null,
};

function row(group: PriceGroup, n: number, more: Partial<PriceRow> = {}): PriceRow {
  const amounts = { minimum: '1000', q1: '2000.5', median: '3000', q3: '4000', maximum: '5000' };
  return { ...HULL, group, n, sellers: 2, ...amounts, outliers: 0, ...more };
}

function day(date: string, group: DayPrice['group'], median: number): DayPrice {
  return { ...HULL, day: date, group, n: 1, median };
}

function linesOf(rows: PriceRow[], days: DayPrice[] = [], terminal = PIPE, question = QUESTION) {
  return formatPrices({ rows, days }, question, 'table', terminal).split('\n');
}

describe('prices for people', () => {
  it('have what is confirmed and what is not apart, then what does not count, and what the words mean', () => {
    const rows = [
      row('unknown', 20, { outliers: 3 }),
      row('confirmed', 4),
      row('asked', 7),
      row('expired', 5),
      row('relisted', 2),
    ];
    expect(linesOf(rows)).toEqual([
      'Gila, The Forge, ended from 2026-09-05 to 2026-09-08 (UTC)',
      '',
      'ISK each    n  sellers  minimum  1st quartile  median  3rd quartile  maximum  outliers',
      'confirmed   4        2    1,000       2,000.5   3,000         4,000    5,000',
      'unknown    20        2    1,000       2,000.5   3,000         4,000    5,000         3',
      'asked now   7        2    1,000       2,000.5   3,000         4,000    5,000',
      'not counted: 5 expired, 2 listed again',
      '',
      'confirmed: ESI says that a player accepted it',
      'likely: the auction ended with a bid; it went for that or more',
      'unknown: sold or withdrawn, nobody can tell which; the prices are what was asked',
      '',
    ]);
  });

  it('say so when there are none', () => {
    expect(linesOf([])[1]).toBe('no contract of it has ended in this time, and none is open');
  });

  it('are of one kind of blueprint at a time, the most frequent first, and not of hundreds', () => {
    const copies = Array.from({ length: 10 }, (_, index) =>
      row('unknown', index + 1, {
        isBlueprintCopy: true,
        runs: index + 1,
        materialEfficiency: 10,
        timeEfficiency: 20,
      }),
    );
    const lines = linesOf(copies);
    expect(lines.filter((line) => line.startsWith('copy'))).toEqual(
      [10, 9, 8, 7, 6, 5, 4, 3].map((runs) => `copy, ME 10, TE 20, ${runs} runs`),
    );
    expect(lines.find((line) => line.includes('more kinds'))).toMatch(/^2 more kinds; --copies/);
  });

  it('name the days that only daily_prices knows', () => {
    const pruned = { ...QUESTION, firstWholeDay: '2026-09-07' };
    expect(linesOf([], [], PIPE, pruned)).toContain(
      'contracts that ended before 2026-09-07 were deleted; the table daily_prices has them',
    );
    expect(linesOf([], [], PIPE, { ...QUESTION, firstWholeDay: QUESTION.since })).toEqual(
      linesOf([]),
    );
  });

  it('are drawn by day on a terminal, confirmed and unknown apart', () => {
    const days = [
      day('2026-09-05', 'unknown', 10),
      day('2026-09-08', 'unknown', 80.25),
      day('2026-09-06', 'confirmed', 1),
      day('2026-09-07', 'confirmed', 2),
      day('2026-09-08', 'likely', 2),
    ];
    const rows = [row('unknown', 2)];
    expect(linesOf(rows, days, SCREEN).filter((line) => line.includes('a day'))).toEqual([
      'confirmed  ·▁█·  median a day: 1 to 2',
      'unknown    ▁··█  median a day: 10 to 80.25',
    ]);
    expect(linesOf(rows, days).join()).not.toContain('a day');
  });
});

it('prices for programs are one record a kind and group, all digits kept', () => {
  const rows = [row('confirmed', 4, { median: '123456789012345678.25' })];
  const json = formatPrices({ rows, days: [] }, QUESTION, 'json', PIPE);
  expect(json).toContain('"median": 123456789012345678.25');
  const csv = formatPrices({ rows, days: [] }, QUESTION, 'csv', PIPE).split('\n');
  expect(csv[0]).toBe(
    'typeId,item,isBlueprintCopy,runs,materialEfficiency,timeEfficiency,group,n,sellers,minimum,q1,median,q3,maximum,outliers',
  );
  expect(csv[1]).toBe(
    '17715,Gila,false,,,,confirmed,4,2,1000,2000.5,123456789012345678.25,4000,5000,0',
  );
});

it.each([
  [[1, 2, 3], '▁▅█'],
  [[5, undefined, 5], '▅·▅'],
  [[], ''],
])('%s is drawn %s', (values, line) => {
  expect(sparkline(values)).toBe(line);
});
