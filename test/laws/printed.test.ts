import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { ShipOffer } from '../../src/database/queries/ship-queries.ts';
import { formatShips } from '../../src/report/ship-list.ts';
import { formatTable } from '../../src/terminal/text-table.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { law } from '../support/laws.ts';

/** What a terminal obeys rather than prints; ends of lines are checked by counting. */
const STEERS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
/** How a spreadsheet tells a formula. */
const FORMULA = /^[=+\-@\t\r]/;

const ids = fc.maxSafeNat();
/** ISK as PostgreSQL tells it. */
const amounts = fc
  .tuple(fc.bigInt(0n, 10n ** 18n - 1n), fc.constantFrom('', '.5', '.07'))
  .map(([whole, cents]) => `${whole}${cents}`);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values);

const offers: fc.Arbitrary<ShipOffer> = fc.record({
  contractId: ids,
  regionId: fc.nat(),
  region: maybe(hostileTexts),
  typeId: fc.nat(),
  ship: maybe(hostileTexts),
  quantity: ids,
  price: maybe(amounts),
  priceEach: fc.option(fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String)),
  containsAdditionalItems: fc.boolean(),
  requestsItems: fc.boolean(),
  title: maybe(hostileTexts),
  locationId: maybe(ids),
  location: maybe(hostileTexts),
  systemId: maybe(ids),
  system: maybe(hostileTexts),
  security: maybe(fc.constantFrom(0, 0.5, 1)),
  issuerId: ids,
  issuer: maybe(hostileTexts),
  dateIssued: fc.constant('2026-09-01T12:00:00Z'),
  dateExpired: fc.constant('2026-09-08T12:00:00Z'),
});
const lists = fc.array(offers, { minLength: 1, maxLength: 8 });

function linesOf(text: string): string[] {
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

/** The cells of CSV, read by the letter of RFC 4180. */
function readCsv(text: string): string[][] {
  const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r)/gy;
  const rows: string[][] = [[]];
  for (const [, quoted, bare = '', end] of text.matchAll(CELL)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end !== ',') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

describe('what players write, printed', () => {
  law(
    'in a table steers no terminal and adds no line',
    fc.property(lists, (list) => {
      const lines = linesOf(formatShips(list, 'table'));

      expect(lines).toHaveLength(list.length + 1);
      expect(lines.filter((line) => STEERS.test(line))).toEqual([]);
    }),
  );

  law(
    'in CSV steers no terminal, adds no row or cell, and is no formula',
    fc.property(lists, (list) => {
      const text = formatShips(list, 'csv');
      const [head = [], ...rows] = readCsv(text);

      expect(linesOf(text).filter((line) => STEERS.test(line))).toEqual([]);
      expect(rows.map((row) => row.length)).toEqual(list.map(() => head.length));
      expect(rows.map(([contractId]) => Number(contractId))).toEqual(
        list.map(({ contractId }) => contractId),
      );
      expect(rows.flat().filter((cell) => FORMULA.test(cell))).toEqual([]);
    }),
  );

  law(
    'in JSON steers no terminal, and says exactly what is stored',
    fc.property(lists, (list) => {
      const text = formatShips(list, 'json');

      expect(linesOf(text).filter((line) => STEERS.test(line))).toEqual([]);
      const prices = [...text.matchAll(/^ {4}"price": (.*?),?$/gm)].map(([, price]) => price);
      expect(prices).toEqual(list.map(({ price }) => String(price)));
      expect(JSON.parse(text)).toEqual(
        list.map((offer) => ({
          ...offer,
          price: offer.price === null ? null : Number(offer.price),
          priceEach: offer.priceEach === null ? null : Number(offer.priceEach),
          link: `contract:0//${offer.contractId}`,
        })),
      );
    }),
  );

  law(
    'in a table makes no cell wider than a title can be',
    fc.property(hostileTexts, fc.nat(1_000_000), (text, more) => {
      const [, line = ''] = formatTable(['title'], [[text + 'x'.repeat(more)]]).split('\n');

      expect([...line].length).toBeLessThanOrEqual(80);
    }),
    0.1,
  );
});
