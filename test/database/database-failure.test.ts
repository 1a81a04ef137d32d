import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { isTransient, toDatabaseError } from '../../src/database/database-failure.ts';
import { DatabaseError } from '../../src/errors.ts';
import { onEachDatabase } from '../support/use-database.ts';

const FAULTY_STATEMENTS = [
  { about: 'a number that does not fit', sql: 'SELECT 1e18::numeric(20,2)', sqlState: '22003' },
  { about: 'a division by zero', sql: 'SELECT 1 / 0', sqlState: '22012' },
  { about: 'a text that is no number', sql: `SELECT 'x'::integer`, sqlState: '22P02' },
  {
    about: 'a missing value',
    sql: 'INSERT INTO regions (region_id) VALUES (null)',
    sqlState: '23502',
  },
  {
    about: 'a missing contract',
    sql: `INSERT INTO contract_items (contract_id, record_id, type_id, quantity, is_included)
          VALUES (1, 1, 1, 1, true)`,
    sqlState: '23503',
  },
  {
    about: 'a key that is there',
    sql: 'INSERT INTO regions (region_id) VALUES (1), (1)',
    sqlState: '23505',
  },
];

const FAULTS_OF_OURS = [
  { about: 'a syntax error', sql: 'SELEKT 1', sqlState: '42601' },
  { about: 'a missing table', sql: 'SELECT * FROM nowhere', sqlState: '42P01' },
  { about: 'a missing column', sql: 'SELECT nothing FROM contracts', sqlState: '42703' },
];

function tellsFaultsApart(database: () => Database): void {
  test.each(FAULTY_STATEMENTS)('$about is a fault of the data', async ({ sql, sqlState }) => {
    const fault = { name: 'DatabaseError', sqlState, isDataFault: true };
    await expect(database().query(sql)).rejects.toMatchObject(fault);
    await expect(database().execute(sql)).rejects.toMatchObject(fault);
    await expect(database().transact((tx) => tx.execute(sql))).rejects.toMatchObject(fault);
  });

  test.each(FAULTS_OF_OURS)('$about is no fault of the data', async ({ sql, sqlState }) => {
    const fault = { name: 'DatabaseError', sqlState, isDataFault: false };
    await expect(database().query(sql)).rejects.toMatchObject(fault);
    await expect(database().transact((tx) => tx.query(sql))).rejects.toMatchObject(fault);
  });

  test('the message is what the database said, and the cause is kept', async () => {
    const failure = await database()
      .query('SELECT * FROM nowhere')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'relation "nowhere" does not exist' });
    expect((failure as DatabaseError).cause).toBeInstanceOf(Error);
  });
}

function bindsValues(database: () => Database): void {
  const values: readonly [about: string, value: unknown, type: string, printed: string][] = [
    ['SQL', `'; DROP TABLE contracts; --`, 'text', `'; DROP TABLE contracts; --`],
    ['a placeholder', '$2', 'text', '$2'],
    ['quotes and backslashes', `\\'"\``, 'text', `\\'"\``],
    ['other scripts', 'Жигули 巡洋艦 🚀', 'text', 'Жигули 巡洋艦 🚀'],
    ['a large id', 1_234_567_890_123, 'bigint', '1234567890123'],
    ['a fraction', 0.1, 'double precision', '0.1'],
    ['a time', new Date('2026-09-08T12:00:00.5Z'), 'timestamptz', '2026-09-08 12:00:00.5+00'],
    ['null', null, 'timestamptz', 'null'],
    ['false', false, 'boolean', 'false'],
  ];

  test.each(values)('%s is a value and no more', async (_about, value, type, printed) => {
    const rows = await database().query(`SELECT coalesce($1::${type}::text, 'null') AS v`, value);
    expect(rows).toEqual([{ v: printed }]);
  });
}

describe('what a failure means', () => {
  test('errors that do not come from the database stay what they are', () => {
    const ours = new RangeError('a fault of ours');
    expect(toDatabaseError(ours)).toBe(ours);
    expect(toDatabaseError('text')).toBe('text');
    const already = new DatabaseError('known');
    expect(toDatabaseError(already)).toBe(already);
  });

  test('a failure without a code is not tried again', () => {
    expect(isTransient(new DatabaseError('unknown'))).toBe(false);
  });
});

onEachDatabase('failing statements', (database) => {
  describe('faults', () => tellsFaultsApart(database));
  describe('values', () => bindsValues(database));
});
