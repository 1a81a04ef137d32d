import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { isTransient, toDatabaseError } from '../../src/database/database-failure.ts';
import { DatabaseError, InterruptedError, LockLostError } from '../../src/errors.ts';
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

test.each([
  { cause: { kind: 'DatabaseNotReachable', host: '::1', port: 1 }, says: /refused.*ECONNREFUSED/ },
  { cause: { kind: 'DatabaseNotReachable', host: '/run/s.5432' }, says: /refused.*ECONNREFUSED/ },
  { cause: { kind: 'DatabaseNotReachable', host: 'h' }, says: /\(h\): unknown host.*ENOTFOUND/ },
  { cause: { kind: 'SocketTimeout' }, says: /timed out.*ETIMEDOUT/ },
  { cause: { kind: 'ConnectionClosed' }, says: /reset.*ECONNRESET/ },
])("$cause keeps the system's word beside the driver's", ({ cause, says }) => {
  const error = Object.assign(new Error(cause.kind, { cause }), { name: 'DriverAdapterError' });

  const { message } = toDatabaseError(error);

  expect(message).toMatch(says);
  expect(message).toContain(cause.kind);
});

test('a host whose addresses all refuse is told with each of them', () => {
  const refused = (address: string) => new Error(`connect ECONNREFUSED ${address}:1`);
  const error = new AggregateError([refused('::1'), refused('127.0.0.1')]);

  expect(toDatabaseError(error).message).toBe(
    'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
  );
});

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

function passesThrough(database: () => Database): void {
  test.each([
    { about: 'a fault of ours', thrown: new RangeError('a fault of ours') },
    { about: 'the loss of the lock', thrown: new LockLostError('lost') },
    { about: 'the end of the run', thrown: new InterruptedError('SIGTERM') },
    { about: 'a DatabaseError', thrown: new DatabaseError('not this database') },
    { about: 'a text', thrown: 'text' },
  ])('$about is thrown as it is, after one attempt', async ({ thrown }) => {
    let attempts = 0;
    const transaction = database().transact(async (sql) => {
      attempts += 1;
      await sql.query('SELECT 1');
      return Promise.reject(thrown);
    });
    await expect(transaction).rejects.toBe(thrown);
    expect(attempts).toBe(1);
  });

  test('what is thrown because a statement failed is thrown instead of that failure', async () => {
    const ours = new LockLostError('lost');
    const transaction = database().transact(async (sql) => {
      await sql.query('SELECT 1 / 0').catch(() => Promise.reject(ours));
    });
    await expect(transaction).rejects.toBe(ours);
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
  test.each([
    {
      about: 'an error',
      thrown: new Error('Connection terminated'),
      says: 'Connection terminated',
    },
    { about: 'an error of several lines', thrown: new Error('in\n\nlast\n'), says: 'last' },
    { about: 'a text', thrown: 'Connection terminated', says: 'Connection terminated' },
  ])('$about without a code is a failure of the connection', ({ thrown, says }) => {
    const failure = toDatabaseError(thrown);
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).toMatchObject({ message: says, sqlState: '08006', isDataFault: false });
    expect(failure.cause).toBe(thrown);
    expect(isTransient(failure)).toBe(true);
  });

  test('an error of the network keeps its code and may pass', () => {
    const failure = toDatabaseError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    expect(failure).toMatchObject({ message: 'reset', sqlState: 'ECONNRESET', isDataFault: false });
    expect(isTransient(failure)).toBe(true);
  });

  test('what is a DatabaseError stays what it is', () => {
    const already = new DatabaseError('known');
    expect(toDatabaseError(already)).toBe(already);
  });

  test('a transaction that the server ended because it was idle is tried again', () => {
    expect(isTransient(new DatabaseError('idle', { sqlState: '25P03' }))).toBe(true);
  });

  test('a failure without a code is not tried again', () => {
    expect(isTransient(new DatabaseError('unknown'))).toBe(false);
  });
});

onEachDatabase('failing statements', (database) => {
  describe('faults', () => tellsFaultsApart(database));
  describe('errors of the work in a transaction', () => passesThrough(database));
  describe('values', () => bindsValues(database));
});
