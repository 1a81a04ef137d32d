import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../support/run-tables.ts';

interface Tables {
  readonly contracts: readonly Row[];
  readonly contract_items: readonly Row[];
  readonly daily_prices: readonly Row[];
}

const CERTAINTIES: Readonly<Record<string, string>> = { sold: 'confirmed', sold_likely: 'likely' };
const NOT_SOLD: Readonly<Record<string, string>> = {
  expired: 'expired',
  relisted: 'relisted',
  relisted_likely: 'relisted',
};
const KIND = ['type_id', 'is_blueprint_copy', 'runs', 'material_efficiency', 'time_efficiency'];

interface End {
  readonly key: string;
  readonly seller: unknown;
  readonly certainty: string;
  readonly excluded: string | undefined;
  readonly priceEach: number;
}

/** Whether `daily_prices` says what the contracts say, counted here once more and otherwise. */
export function findWrongPrices({
  contracts,
  contract_items: items,
  daily_prices: stored,
}: Tables) {
  const itemsOf = groupBy(items, (item) => item['contract_id']);
  const ends = contracts.flatMap((row) => endOf(row, itemsOf.get(row['contract_id']) ?? []));
  const expected = new Map(
    [...groupBy(ends, ({ key }) => key)].map(([key, ofKey]) => [key, pricesOf(ofKey)]),
  );
  const found = new Map(stored.map((row) => [keyOf(row, row), valuesOf(row)]));
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys]
    .filter((key) => !isDeepStrictEqual(expected.get(key), found.get(key)))
    .map(
      (key) =>
        `daily_prices of ${key}: ${JSON.stringify(found.get(key))}, not ${JSON.stringify(expected.get(key))}`,
    );
}

function groupBy<T, Key>(elements: readonly T[], keyOf: (element: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const element of elements) {
    const key = keyOf(element);
    groups.set(key, [...(groups.get(key) ?? []), element]);
  }
  return groups;
}

/** Nothing for what holds several kinds of things, or has not ended for sure. */
function endOf(row: Row, all: readonly Row[]): End[] {
  const items = all.filter((item) => item['is_included']);
  const [first] = items;
  if (row['outcome'] === null || row['ended_before'] === null || first === undefined) return [];
  if (row['items_status'] !== 'fetched') return [];
  const kinds = new Set(items.map((item) => JSON.stringify(KIND.map((name) => item[name]))));
  if (kinds.size > 1) return [];
  const quantity = items.reduce((sum, item) => sum + Number(item['quantity']), 0);
  const isAuction = row['type'] === 'auction';
  const price = isAuction ? row['outcome_price'] : row['price'];
  const day = new Date(String(row['ended_before'])).toISOString().slice(0, 10);
  const outcome = String(row['outcome']);
  const excluded = reasonOf(row, all.length > items.length);
  return [
    {
      key: keyOf({ ...row, day }, first),
      seller: row['issuer_id'],
      certainty: CERTAINTIES[outcome] ?? 'unknown',
      excluded,
      priceEach: eachOf(Number(price), quantity),
    },
  ];
}

/** To the cent, half of one rounded up, as numeric does: a double may lie below the half. */
function eachOf(price: number, quantity: number): number {
  const cents = BigInt(Math.round(100 * price));
  const count = BigInt(quantity);
  return Number((2n * cents + count) / (2n * count)) / 100;
}

function reasonOf(row: Row, asksInReturn: boolean): string | undefined {
  const isAuction = row['type'] === 'auction';
  const notSold = NOT_SOLD[String(row['outcome'])];
  if (notSold !== undefined) return notSold;
  if (asksInReturn) return 'asks_in_return';
  if (isAuction) return row['outcome_price'] === null ? 'auction_price_unknown' : undefined;
  return Number(row['price'] ?? 0) <= 0 ? 'no_price' : undefined;
}

function keyOf(row: Row, kind: Row): string {
  const values = KIND.map((name) => kind[name] ?? 0);
  return JSON.stringify([row['day'], row['region_id'], ...values]);
}

/** Counts, sellers, the ends of the range and the middle; reasons of the rest. */
function pricesOf(ends: readonly End[]) {
  const counted = ends.filter(({ excluded }) => excluded === undefined);
  const groups = ['confirmed', 'likely', 'unknown'].map((certainty) => {
    const group = counted.filter((end) => end.certainty === certainty);
    const prices = group.map(({ priceEach }) => priceEach).sort((a, b) => a - b);
    const sellers = new Set(group.map(({ seller }) => seller)).size;
    return [group.length, sellers, prices[0] ?? null, prices.at(-1) ?? null, medianOf(prices)];
  });
  const excluded: Record<string, number> = {};
  for (const { excluded: reason } of ends) {
    if (reason !== undefined) excluded[reason] = (excluded[reason] ?? 0) + 1;
  }
  return { groups, excluded };
}

/** By whole cents, half of one rounded up. */
function medianOf(prices: readonly number[]): number | null {
  const cents = prices.map((price) => Math.round(price * 100));
  const low = cents[Math.floor((cents.length - 1) / 2)];
  const high = cents[Math.floor(cents.length / 2)];
  return low === undefined || high === undefined ? null : Math.round((low + high) / 2) / 100;
}

function valuesOf(row: Row): ReturnType<typeof pricesOf> {
  const groups = ['confirmed', 'likely', 'unknown'].map((certainty) => [
    Number(row[`${certainty}_n`]),
    Number(row[`${certainty}_sellers`]),
    row[`${certainty}_minimum`] as number | null,
    row[`${certainty}_maximum`] as number | null,
    row[`${certainty}_median`] as number | null,
  ]);
  return { groups, excluded: row['excluded'] as Record<string, number> };
}
