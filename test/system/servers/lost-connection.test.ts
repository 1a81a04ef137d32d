import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database, SqlExecutor } from '../../../src/database/database.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import { DatabaseError, LockLostError } from '../../../src/errors.ts';
import { startProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { onServer } from '../../support/use-database.ts';

/** Sleeps in its first attempt alone: a sequence counts even what was never committed. */
const SLEEP_ONCE = `
SELECT attempt::int AS attempt, pg_sleep(CASE attempt WHEN 1 THEN 60 ELSE 0 END)::text AS slept
FROM nextval('attempts') AS attempt`;
const COUNT_SLEEPERS = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND wait_event = 'PgSleep'`;
const COUNT_SESSION = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE pid = $1::int';

async function until(administrator: Database, count: number, sql: string, ...values: unknown[]) {
  const isSo = async () => {
    const [row] = await administrator.query<{ count: number }>(sql, ...values);
    return row?.count === count;
  };
  await vi.waitUntil(isSo, { timeout: 10_000 });
}

/** Has the server end the transaction as one whose client sleeps. */
async function sleepTooLong(sql: SqlExecutor, administrator: Database): Promise<void> {
  const [session] = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await sql.execute('SET LOCAL idle_in_transaction_session_timeout = 100');
  await until(administrator, 0, COUNT_SESSION, session?.pid);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

type UseProxy = <T>(work: (database: Database, proxy: TcpProxy) => Promise<T>) => Promise<T>;

/** A client of the database by way of a proxy, to be cut off. */
function byProxy(url: () => string): UseProxy {
  return async (work) => {
    const proxy = await startProxy(url());
    const database = openServerDatabase(proxy.url, { connections: 2, clock: systemClock });
    try {
      return await work(database, proxy);
    } finally {
      await database.close();
      await proxy.close();
    }
  };
}

function isMended(open: () => Database, useProxy: UseProxy): void {
  test('a query whose connection is cut is done again', async () => {
    const administrator = open();
    await administrator.execute('CREATE SEQUENCE attempts');
    await useProxy(async (database, proxy) => {
      const answer = database.query(SLEEP_ONCE);
      await until(administrator, 1, COUNT_SLEEPERS);
      proxy.cut();
      expect(await answer).toEqual([{ attempt: 2, slept: '' }]);
    });
  });

  test('a query on a connection that was cut while it was idle is done on another', async () => {
    await useProxy(async (database, proxy) => {
      await database.query('SELECT 1');
      proxy.cut();
      expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });
  });

  test('a transaction on a connection that was cut while it was idle is done on another', async () => {
    await useProxy(async (database, proxy) => {
      await database.query('SELECT 1');
      proxy.cut();
      const rows = await database.transact((sql) => sql.query('SELECT 1 AS one'));
      expect(rows).toEqual([{ one: 1 }]);
    });
  });

  test('a transaction whose connection is cut is done again, once', async () => {
    const administrator = open();
    await administrator.execute('CREATE TABLE marks (attempt integer)');
    await useProxy(async (database, proxy) => {
      let attempts = 0;
      await database.transact(async (sql) => {
        attempts += 1;
        await sql.execute('INSERT INTO marks VALUES ($1::int)', attempts);
        if (attempts === 1) proxy.cut();
        await sql.query('SELECT 1');
      });
      expect(attempts).toBe(2);
      expect(database.counters.rowsWritten).toBe(1);
    });
    expect(await administrator.query('SELECT attempt FROM marks')).toEqual([{ attempt: 2 }]);
  });

  test('a transaction whose connection is cut before its commit is done again', async () => {
    const administrator = open();
    await administrator.execute('CREATE TABLE marks (attempt integer)');
    await useProxy(async (database, proxy) => {
      let attempts = 0;
      await database.transact(async (sql) => {
        attempts += 1;
        await sql.execute('INSERT INTO marks VALUES ($1::int)', attempts);
        if (attempts === 1) proxy.cut();
      });
    });
    expect(await administrator.query('SELECT attempt FROM marks')).toEqual([{ attempt: 2 }]);
  });

  test('a transaction that the server ended because it was idle is done again', async () => {
    const [database, administrator] = [open(), open()];
    let attempts = 0;
    const rows = await database.transact(async (sql) => {
      attempts += 1;
      if (attempts === 1) await sleepTooLong(sql, administrator);
      return sql.query('SELECT 1 AS one');
    });
    expect(rows).toEqual([{ one: 1 }]);
    expect(attempts).toBe(2);
  });
}

function isTold(open: () => Database, useProxy: UseProxy): void {
  const connectionFailure = { name: 'DatabaseError', sqlState: '08006', isDataFault: false };

  test('a query whose server goes away for good', async () => {
    const administrator = open();
    await administrator.execute('CREATE SEQUENCE attempts');
    await useProxy(async (database, proxy) => {
      const failure = failureOf(database.query(SLEEP_ONCE));
      await until(administrator, 1, COUNT_SLEEPERS);
      await proxy.close();
      expect(await failure).toMatchObject(connectionFailure);
    });
  });

  const calls: readonly [about: string, call: (database: Database) => Promise<unknown>][] = [
    ['a query', (database) => database.query('SELECT 1')],
    ['a write', (database) => database.execute('SELECT 1')],
    ['a read of a model', (database) => database.read(({ region }) => region.count())],
    ['a transaction', (database) => database.transact((sql) => sql.query('SELECT 1'))],
  ];

  test.each(calls)('%s on an idle connection whose server went away', async (_about, call) => {
    await migrate(open().transact, await readMigrations());
    await useProxy(async (database, proxy) => {
      await call(database);
      await proxy.close();
      expect(await failureOf(call(database))).toMatchObject(connectionFailure);
    });
  });

  test('a transaction whose server goes away in it', async () => {
    await useProxy(async (database, proxy) => {
      const failure = await failureOf(
        database.transact(async (sql) => {
          await sql.query('SELECT 1');
          await proxy.close();
          await sql.query('SELECT 1');
        }),
      );
      expect(failure).toMatchObject(connectionFailure);
    });
  });

  test('a transaction whose connection is cut time and again, after three attempts', async () => {
    await useProxy(async (database, proxy) => {
      let attempts = 0;
      const failure = await failureOf(
        database.transact(async (sql) => {
          attempts += 1;
          await sql.query('SELECT 1');
          proxy.cut();
          await sql.query('SELECT 1');
        }),
      );
      expect(failure).toMatchObject(connectionFailure);
      expect(attempts).toBe(3);
    });
  });

  test('a transaction that the server ends as idle time and again', async () => {
    const [database, administrator] = [open(), open()];
    let attempts = 0;
    const failure = await failureOf(
      database.transact(async (sql) => {
        attempts += 1;
        await sleepTooLong(sql, administrator);
        await sql.query('SELECT 1');
      }),
    );
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(attempts).toBe(3);
  });
}

function hidesNothing(open: () => Database, useProxy: UseProxy): void {
  const ours = new LockLostError('another run has taken over');

  test('what the work threw is thrown, though the connection was cut', async () => {
    await useProxy(async (database, proxy) => {
      let attempts = 0;
      const failure = await failureOf(
        database.transact(async (sql) => {
          attempts += 1;
          await sql.query('SELECT 1');
          proxy.cut();
          throw ours;
        }),
      );
      expect(failure).toBe(ours);
      expect(attempts).toBe(1);
    });
  });

  test('what the work threw is thrown, though the server ended the transaction', async () => {
    const [database, administrator] = [open(), open()];
    const failure = await failureOf(
      database.transact(async (sql) => {
        await sleepTooLong(sql, administrator);
        throw ours;
      }),
    );
    expect(failure).toBe(ours);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
}

onServer('a connection that is lost', (open, url) => {
  const useProxy = byProxy(url);
  describe('and can be had again', () => isMended(open, useProxy));
  describe('for good is told as that, of', () => isTold(open, useProxy));
  describe('hides nothing:', () => hidesNothing(open, useProxy));
});
