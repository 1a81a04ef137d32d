import { describe, expect, test } from 'vitest';
import type { Database, SqlExecutor } from '../../src/database/database.ts';
import { DatabaseError } from '../../src/errors.ts';
import { settle } from '../esi/manual-clock.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { countRows } from './tables/rows.ts';

const INSERT_REGION = 'INSERT INTO regions (region_id) VALUES ($1)';

/** Makes the database fail with a SQLSTATE of the test's choice. */
function failWith(sql: SqlExecutor, sqlState: string): Promise<number> {
  return sql.execute(
    `DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '${sqlState}'; END $$`,
  );
}

function isAtomic(database: () => Database): void {
  test('a transaction commits all of its work and gives back its result', async () => {
    const result = await database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      await sql.execute(INSERT_REGION, 2);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await countRows(database(), 'regions')).toBe(2);
  });

  test('a transaction whose work throws commits nothing and throws the same', async () => {
    const failure = new RangeError('a fault of ours');
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      throw failure;
    });
    await expect(transaction).rejects.toBe(failure);
    expect(await countRows(database(), 'regions')).toBe(0);
  });

  test('a transaction with one refused statement commits nothing', async () => {
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      await sql.execute(INSERT_REGION, 1);
    });
    await expect(transaction).rejects.toMatchObject({ name: 'DatabaseError', sqlState: '23505' });
    expect(await countRows(database(), 'regions')).toBe(0);
  });

  test('a transaction whose work passes over a refused statement fails', async () => {
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      await sql.execute(INSERT_REGION, 1).catch(() => undefined);
    });
    await expect(transaction).rejects.toMatchObject({ name: 'DatabaseError', sqlState: '23505' });
    expect(await countRows(database(), 'regions')).toBe(0);
  });

  test('a transaction whose commit is refused is told as failed', async () => {
    await database().execute(
      'CREATE TABLE promises (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)',
    );
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      await sql.execute('INSERT INTO promises VALUES (1), (1)');
    });
    await expect(transaction).rejects.toMatchObject({ name: 'DatabaseError', sqlState: '23505' });
    expect(await countRows(database(), 'regions')).toBe(0);
    await database().execute('DROP TABLE promises');
  });

  test('transactions at once do not get into each other', async () => {
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6, 7, 8].map((id) =>
        database().transact(async (sql) => {
          await sql.execute(INSERT_REGION, id);
          await sql.execute(INSERT_REGION, id + 100);
          if (id % 2 === 0) throw new Error('every second one fails');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const rows = await database().query<{ region_id: number }>(
      'SELECT region_id FROM regions ORDER BY 1',
    );
    expect(rows.map(({ region_id }) => region_id)).toEqual([1, 3, 5, 7, 101, 103, 105, 107]);
  });

  test('a statement outside a transaction under way neither sees nor shares it', async () => {
    let outside: Promise<number> = Promise.resolve(0);
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      outside = database().execute(INSERT_REGION, 2);
      throw new Error('rolled back');
    });
    await expect(transaction).rejects.toThrow('rolled back');
    await outside;
    expect(await database().query('SELECT region_id FROM regions')).toEqual([{ region_id: 2 }]);
  });
}

/** Gives away what a transaction writes with, for use after its end. */
async function executorOfEnded(database: Database, failure?: Error): Promise<SqlExecutor> {
  let kept: SqlExecutor | undefined;
  const transaction = database.transact(async (sql) => {
    kept = sql;
    await sql.execute(INSERT_REGION, 1);
    if (failure !== undefined) throw failure;
  });
  await transaction.catch(() => undefined);
  if (kept === undefined) throw new Error('the transaction never began');
  return kept;
}

function isOver(database: () => Database): void {
  test.each([
    { end: 'was committed', failure: undefined, regions: 1 },
    { end: 'was rolled back', failure: new Error('rolled back'), regions: 0 },
  ])('a statement that comes after its transaction $end is refused', async (one) => {
    const late = await executorOfEnded(database(), one.failure);
    await expect(late.execute(INSERT_REGION, 2)).rejects.toThrow();
    await expect(late.query('SELECT 1')).rejects.toThrow();
    expect(await countRows(database(), 'regions')).toBe(one.regions);
  });

  test('a statement that comes while its transaction is rolled back is refused', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const transaction = database().transact(async (sql) => {
      late = settle()
        .then(() => sql.execute(INSERT_REGION, 1))
        .catch((error: unknown) => error);
      throw new Error('rolled back');
    });
    await expect(transaction).rejects.toThrow('rolled back');
    expect(await late).toBeInstanceOf(Error);
    expect(await countRows(database(), 'regions')).toBe(0);
  });
}

function counts(database: () => Database): void {
  test('statements and rows are counted, of queries and of writes', async () => {
    const { statements, rowsWritten } = database().counters;
    await database().query('SELECT 1');
    await database().execute('INSERT INTO regions (region_id) SELECT generate_series(1, 5)');
    await database().transact((sql) => sql.execute('UPDATE regions SET capped = true'));
    expect(database().counters).toEqual({
      statements: statements + 3,
      rowsWritten: rowsWritten + 10,
    });
  });

  test('rows that were rolled back do not count as written', async () => {
    const { statements, rowsWritten } = database().counters;
    const transaction = database().transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      throw new Error('rolled back');
    });
    await expect(transaction).rejects.toThrow('rolled back');
    expect(database().counters).toEqual({ statements: statements + 1, rowsWritten });
  });

  test('rows of a transaction that was tried again count once', async () => {
    const { rowsWritten } = database().counters;
    let attempts = 0;
    await database().transact(async (sql) => {
      attempts += 1;
      await sql.execute(INSERT_REGION, 1);
      if (attempts === 1) await failWith(sql, '40001');
    });
    expect(attempts).toBe(2);
    expect(database().counters.rowsWritten - rowsWritten).toBe(1);
    expect(await countRows(database(), 'regions')).toBe(1);
  });
}

function retries(database: () => Database): void {
  const failOnce = async (sqlState: string) => {
    let attempts = 0;
    const failure = await database()
      .transact(async (sql) => {
        attempts += 1;
        if (attempts === 1) await failWith(sql, sqlState);
      })
      .catch((error: unknown) => error);
    return { attempts, failure };
  };

  test.each(['40001', '40P01', '57P01', '57P02', '57P03', '53300', '08006'])(
    'a transaction that failed with %s is tried again',
    async (sqlState) => {
      expect(await failOnce(sqlState)).toEqual({ attempts: 2, failure: undefined });
    },
  );

  test.each(['22003', '23505', '42P01', '42501', '53100', 'P0001', 'XX000'])(
    'a transaction that failed with %s is not tried again',
    async (sqlState) => {
      const { attempts, failure } = await failOnce(sqlState);
      expect(attempts).toBe(1);
      expect(failure).toBeInstanceOf(DatabaseError);
      expect(failure).toMatchObject({ sqlState });
    },
  );

  test('after three attempts the failure is final', async () => {
    let attempts = 0;
    const transaction = database().transact(async (sql) => {
      attempts += 1;
      await failWith(sql, '40001');
    });
    await expect(transaction).rejects.toMatchObject({ name: 'DatabaseError', sqlState: '40001' });
    expect(attempts).toBe(3);
  });

  test('a failure of ours is not tried again', async () => {
    let attempts = 0;
    const transaction = database().transact(async () => {
      attempts += 1;
      throw new Error('a fault of ours');
    });
    await expect(transaction).rejects.toThrow('a fault of ours');
    expect(attempts).toBe(1);
  });
}

onEachDatabase('transactions', (database) => {
  describe('are whole', () => isAtomic(database));
  describe('end for good', () => isOver(database));
  describe('are counted', () => counts(database));
  describe('are tried again where that can help', () => retries(database));
});
