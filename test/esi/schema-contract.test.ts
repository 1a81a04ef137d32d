import { describe, expect, it } from 'vitest';
import { publicContract, readContractId } from '../../src/esi/schema.ts';
import { contractRow } from './http/wire.ts';

const FULL_ROW = contractRow(233_254_956, {
  for_corporation: true,
  title: 'Rifter, ready to fly',
  price: 1_250_000.55,
  reward: 0,
  collateral: 17.5,
  buyout: 2e12,
  volume: 2500.000_000_4,
  days_to_complete: 3,
  start_location_id: 60_003_760,
  end_location_id: 1_035_466_617_946,
});

const OPTIONAL_FIELDS = {
  for_corporation: 'forCorporation',
  title: 'title',
  price: 'price',
  reward: 'reward',
  collateral: 'collateral',
  buyout: 'buyout',
  volume: 'volume',
  days_to_complete: 'daysToComplete',
  start_location_id: 'startLocationId',
  end_location_id: 'endLocationId',
} as const;

const REQUIRED_FIELDS = [
  'contract_id',
  'type',
  'issuer_id',
  'issuer_corporation_id',
  'date_issued',
  'date_expired',
];

const IDS = ['contract_id', 'issuer_id', 'issuer_corporation_id', 'start_location_id'];
const ISK = ['price', 'reward', 'collateral', 'buyout'];
const TEXTS = ['type', 'title', 'date_issued', 'date_expired'];
const NUMBERS = [...IDS, 'end_location_id', ...ISK, 'volume', 'days_to_complete'];

function isReadable(field: string, value: unknown): boolean {
  return publicContract.safeParse({ ...FULL_ROW, [field]: value }).success;
}

describe('a listed contract', () => {
  it('is read with all its fields', () => {
    expect(publicContract.parse(FULL_ROW)).toEqual({
      contractId: 233_254_956,
      type: 'item_exchange',
      issuerId: 2_112_000_001,
      issuerCorporationId: 98_000_001,
      forCorporation: true,
      title: 'Rifter, ready to fly',
      price: 1_250_000.55,
      reward: 0,
      collateral: 17.5,
      buyout: 2e12,
      volume: 2500.000_000_4,
      daysToComplete: 3,
      startLocationId: 60_003_760,
      endLocationId: 1_035_466_617_946,
      dateIssued: new Date('2026-09-01T10:00:00Z'),
      dateExpired: new Date('2026-09-29T10:00:00Z'),
    });
  });

  it('is read with the required fields alone; what is absent is false or null', () => {
    expect(publicContract.parse(contractRow(1))).toEqual({
      contractId: 1,
      type: 'item_exchange',
      issuerId: 2_112_000_001,
      issuerCorporationId: 98_000_001,
      forCorporation: false,
      title: null,
      price: null,
      reward: null,
      collateral: null,
      buyout: null,
      volume: null,
      daysToComplete: null,
      startLocationId: null,
      endLocationId: null,
      dateIssued: new Date('2026-09-01T10:00:00Z'),
      dateExpired: new Date('2026-09-29T10:00:00Z'),
    });
  });

  it.each(Object.entries(OPTIONAL_FIELDS))('may have null as its %s', (field, name) => {
    const expected = name === 'forCorporation' ? false : null;

    expect(publicContract.parse({ ...FULL_ROW, [field]: null })[name]).toBe(expected);
  });

  it.each(REQUIRED_FIELDS)('is broken without its %s', (field) => {
    const { [field]: _removed, ...rest } = FULL_ROW as Record<string, unknown>;

    expect(publicContract.safeParse(rest).success).toBe(false);
    expect(isReadable(field, null)).toBe(false);
  });

  it('keeps a type that the specification does not know, and ignores unknown fields', () => {
    const row = contractRow(1, { type: 'barter', availability: 'public', nested: { a: [1] } });

    const contract = publicContract.parse(row);

    expect(contract.type).toBe('barter');
    expect(contract).not.toHaveProperty('availability');
    expect(contract).not.toHaveProperty('nested');
  });

  it.each([null, undefined, 7, 'row', [], true])('is not %j', (row) => {
    expect(publicContract.safeParse(row).success).toBe(false);
  });
});

describe('a broken value of a listed contract', () => {
  it.each(NUMBERS)('is a %s that is no finite number', (field) => {
    const values = ['5', '', true, {}, [], Number.NaN, Number.POSITIVE_INFINITY, -Infinity];

    expect(values.filter((value) => isReadable(field, value))).toEqual([]);
  });

  it.each(TEXTS)('is a %s that is no text', (field) => {
    expect([5, true, {}, []].filter((value) => isReadable(field, value))).toEqual([]);
  });

  it('is a flag that is no boolean', () => {
    const values = ['true', 1, 0, '', []];

    expect(values.filter((value) => isReadable('for_corporation', value))).toEqual([]);
  });

  it.each([...IDS, 'end_location_id'])('is a %s that is no id, or beyond 2^53', (field) => {
    const values = [0, -1, 1.5, 2 ** 53, 2 ** 63, 1e25];

    expect(values.filter((value) => isReadable(field, value))).toEqual([]);
    expect(isReadable(field, 2 ** 53 - 1)).toBe(true);
  });

  it.each(ISK)('is a %s that numeric(20,2) cannot hold', (field) => {
    expect([1e25, 1e18, -1e18].filter((value) => isReadable(field, value))).toEqual([]);
    expect([0, 0.01, 9e17, -9e17].filter((value) => !isReadable(field, value))).toEqual([]);
  });

  it('is a number of days that is no PostgreSQL integer', () => {
    const values = [1.5, 2 ** 31, -(2 ** 31) - 1];

    expect(values.filter((value) => isReadable('days_to_complete', value))).toEqual([]);
    expect(isReadable('days_to_complete', 2 ** 31 - 1)).toBe(true);
  });
});

describe('the texts of a listed contract', () => {
  it.each([
    { of: 'NUL', text: 'a\0b\0', stored: 'ab' },
    { of: 'a lone high surrogate', text: 'a\ud83db', stored: 'a\ufffdb' },
    { of: 'a lone low surrogate', text: '\udc00', stored: '\ufffd' },
    { of: 'an emoji', text: 'ship \u{1f680}', stored: 'ship \u{1f680}' },
    { of: 'nothing', text: '', stored: '' },
    { of: 'tags and quotes', text: `<b>'";--`, stored: `<b>'";--` },
  ])('are storable with $of', ({ text, stored }) => {
    const contract = publicContract.parse({ ...FULL_ROW, title: text, type: text });

    expect(contract.title).toBe(stored);
    expect(contract.type).toBe(stored);
  });
});

describe('the dates of a listed contract', () => {
  it.each([
    { text: '2026-09-08T12:34:56Z', iso: '2026-09-08T12:34:56.000Z' },
    { text: '2026-09-08T12:34:56.789Z', iso: '2026-09-08T12:34:56.789Z' },
    { text: '2026-09-08T12:34:56+02:00', iso: '2026-09-08T10:34:56.000Z' },
    { text: '2026-01-01T00:30:00-03:30', iso: '2026-01-01T04:00:00.000Z' },
    { text: '2028-02-29T00:00:00Z', iso: '2028-02-29T00:00:00.000Z' },
    { text: '0001-01-01T00:00:00Z', iso: '0001-01-01T00:00:00.000Z' },
    { text: '9999-12-31T23:59:59Z', iso: '9999-12-31T23:59:59.000Z' },
  ])('$text is $iso', ({ text, iso }) => {
    expect(publicContract.parse({ ...FULL_ROW, date_issued: text }).dateIssued).toEqual(
      new Date(iso),
    );
  });

  it.each([
    'garbage',
    '',
    '2026-09-08',
    '2026-09-08T12:34:56',
    '2026-09-08 12:34:56Z',
    '2026-13-08T12:34:56Z',
    '2026-02-30T12:34:56Z',
    '2026-09-08T25:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+05:00',
    '9999-12-31T23:59:59-05:00',
    '+012026-09-08T12:34:56Z',
    'Tue, 08 Sep 2026 12:34:56 GMT',
  ])('"%s" is broken', (text) => {
    expect(isReadable('date_issued', text)).toBe(false);
    expect(isReadable('date_expired', text)).toBe(false);
  });
});

describe('the id of a broken row', () => {
  it('is read where it can be', () => {
    expect(readContractId({ contract_id: 7, date_issued: 'garbage' })).toBe(7);
  });

  it.each([{}, { contract_id: '7' }, { contract_id: 0 }, { contract_id: 1.5 }, null, 7, 'x', [7]])(
    'is none for %j',
    (row) => {
      expect(readContractId(row)).toBeUndefined();
    },
  );
});
