import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { insertContracts, updateListed } from '../../../src/database/tables/contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { countRows, listedContract, newContract, printed, RUN } from './rows.ts';

const ID = 200_000_001;

const PRICES: readonly [price: number, stored: string][] = [
  [0, '0.00'],
  [0.01, '0.01'],
  [0.1 + 0.2, '0.30'],
  [1234.565, '1234.57'],
  [1_000_000_000_000, '1000000000000.00'],
  [1_234_567_890_123.45, '1234567890123.45'],
  [999_999_999_999_999, '999999999999999.00'],
  [1e17, '100000000000000000.00'],
];

const VOLUMES: readonly [volume: number, stored: string][] = [
  [0.1 + 0.2, '0.30000000000000004'],
  [1 / 3, '0.3333333333333333'],
  [10_250_000, '10250000'],
  [0.01, '0.01'],
  [1e-7, '1e-07'],
  [5e-324, '5e-324'],
  [1.797_693_134_862_315_7e308, '1.7976931348623157e+308'],
];

const TITLES: readonly string[] = [
  `'; DROP TABLE contracts; --`,
  `$1 $2 :name ? %s \${price}`,
  `"quoted" 'single' \\backslash\\ \`tick\``,
  '{"json": [1, null]}',
  'Ærøskøbing – Жигули – 巡洋艦 – 🚀👩‍🚀',
  'line\nbreak\ttab\u2028separator\u0001control',
  '   spaces around   ',
  '',
  'x'.repeat(10_000),
];

function keepsNumbers(database: () => Database): void {
  test.each(PRICES)('a price of %d is stored as %s', async (price, stored) => {
    await insertContracts(database(), [newContract({ price })]);
    expect(await printed(database(), 'price', ID)).toBe(stored);
  });

  test.each(VOLUMES)('a volume of %d is stored as %s', async (volume, stored) => {
    await insertContracts(database(), [newContract({ volume })]);
    expect(await printed(database(), 'volume', ID)).toBe(stored);
  });

  test.each([2 ** 31, 1_035_466_617_946, 2 ** 53 - 1])(
    'an id of %d is stored whole',
    async (id) => {
      const everyId = {
        contractId: id,
        issuerId: id,
        issuerCorporationId: id,
        startLocationId: id,
        endLocationId: id,
      };
      await insertContracts(database(), [newContract(everyId)]);
      const columns = `concat_ws(' ', contract_id, issuer_id, issuer_corporation_id,
      start_location_id, end_location_id)`;
      expect(await printed(database(), columns, id)).toBe(Array(5).fill(id).join(' '));
    },
  );

  test('a time is stored to the millisecond', async () => {
    const dateIssued = new Date('2026-02-28T23:59:59.987Z');
    await insertContracts(database(), [newContract({ dateIssued })]);
    const inUtc = `date_issued AT TIME ZONE 'UTC'`;
    expect(await printed(database(), inUtc, ID)).toBe('2026-02-28 23:59:59.987');
  });
}

function keepsTexts(database: () => Database): void {
  test.each(TITLES)('the title %j is stored as text', async (title) => {
    await insertContracts(database(), [newContract({ title })]);
    expect(await printed(database(), 'title', ID)).toBe(title);
  });

  test.each(TITLES)('the title %j is updated as text', async (title) => {
    await insertContracts(database(), [newContract()]);
    expect(await updateListed(database(), [listedContract({ title })], RUN)).toBe(1);
    expect(await printed(database(), 'title', ID)).toBe(title);
    expect(await countRows(database(), 'contracts')).toBe(1);
  });

  test('half a surrogate pair, which is no text, becomes U+FFFD', async () => {
    await insertContracts(database(), [newContract({ title: 'a\ud800b' })]);
    expect(await printed(database(), 'title', ID)).toBe('a\ufffdb');
  });

  test('a type that the specification does not know is kept', async () => {
    await insertContracts(database(), [newContract({ type: `loan'; --` })]);
    expect(await printed(database(), 'type', ID)).toBe(`loan'; --`);
  });
}

function refuses(database: () => Database): void {
  test.each([
    { about: 'a price beyond numeric(20,2)', row: { price: 1e18 }, sqlState: '22003' },
    { about: 'a title with NUL', row: { title: 'a\0b' }, sqlState: '22021' },
    { about: 'an integer beyond 32 bits', row: { daysToComplete: 2 ** 31 }, sqlState: '22003' },
    { about: 'a fraction of an id', row: { issuerId: 1.5 }, sqlState: '22P02' },
  ])('$about is a fault of the data and nothing is stored', async ({ row, sqlState }) => {
    const batch = [newContract({ contractId: 1 }), newContract({ contractId: 2, ...row })];
    await expect(insertContracts(database(), batch)).rejects.toMatchObject({
      name: 'DatabaseError',
      sqlState,
      isDataFault: true,
    });
    expect(await countRows(database(), 'contracts')).toBe(0);
  });
}

onEachDatabase('stored values', (database) => {
  describe('numbers and times', () => keepsNumbers(database));
  describe('texts', () => keepsTexts(database));
  describe('values that do not fit', () => refuses(database));
});
