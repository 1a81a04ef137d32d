import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import { DatabaseError } from '../../../src/errors.ts';
import { freePort } from '../../support/machine.ts';
import { onServer } from '../../support/use-database.ts';

const TERMINATE_OTHERS = `
SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()`;

const COUNT_OTHERS = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** True once there was a connection asleep to be ended. */
async function terminateSleeper(administrator: Database): Promise<boolean> {
  const [row] = await administrator.query<{ count: number }>(
    `${TERMINATE_OTHERS} AND state = 'active' AND query LIKE 'SELECT pg_sleep%'`,
  );
  return row?.count === 1;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function useUrl<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openServerDatabase(url, { connections: 2, clock: systemClock });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

test('a server that cannot be reached is a DatabaseError within seconds, without the password', async () => {
  const port = await freePort();
  const url = `postgres://user:s3cret@127.0.0.1:${port}/contracts`;
  const startedAt = performance.now();
  const failures = await useUrl(url, (database) =>
    Promise.all([
      failureOf(database.query('SELECT 1')),
      failureOf(database.execute('SELECT 1')),
      failureOf(database.transact((sql) => sql.query('SELECT 1'))),
    ]),
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  for (const failure of failures) {
    expect(failure).toBeInstanceOf(DatabaseError);
    expect(failure).toMatchObject({ isDataFault: false });
    expect(String(failure)).toContain(`127.0.0.1:${port}`);
    expect(inspect(failure, { depth: 10 })).not.toContain('s3cret');
  }
});

onServer('connections', (open) => {
  test('a database that is not there is named, without the password', async () => {
    const [row] = await open().query<{ url: string }>(
      `SELECT format('postgres://postgres:s3cret@127.0.0.1:%s/not_there', inet_server_port()) AS url`,
    );
    const failure = await useUrl(row?.url ?? '', (database) =>
      failureOf(database.query('SELECT 1')),
    );
    expect(failure).toMatchObject({ name: 'DatabaseError', sqlState: '3D000' });
    expect(String(failure)).toContain('not_there');
    expect(inspect(failure, { depth: 10 })).not.toContain('s3cret');
  });

  test('a transaction whose connection the server ends is done again, once', async () => {
    const [database, administrator] = [open(), open()];
    await database.execute('CREATE TABLE marks (attempt integer)');
    let attempts = 0;
    await database.transact(async (sql) => {
      attempts += 1;
      await sql.execute('INSERT INTO marks VALUES ($1::int)', attempts);
      if (attempts > 1) return;
      await Promise.all([
        sql.query('SELECT pg_sleep(60)::text'),
        vi.waitUntil(() => terminateSleeper(administrator), { timeout: 10_000 }),
      ]);
    });
    expect(attempts).toBe(2);
    expect(await administrator.query('SELECT attempt FROM marks')).toEqual([{ attempt: 2 }]);
    expect(database.counters.rowsWritten).toBe(1);
  });

  test('a connection that the server ended while it was idle is replaced', async () => {
    const [database, administrator] = [open(), open()];
    await database.query('SELECT 1');
    expect(await administrator.query(TERMINATE_OTHERS)).toEqual([{ count: 1 }]);
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('of two transactions in a deadlock both are done in the end', async () => {
    const [first, second] = [open(), open()];
    await first.execute(
      'CREATE TABLE things AS SELECT id, 0 AS hits FROM generate_series(1, 2) AS id',
    );
    const hit = 'UPDATE things SET hits = hits + 1 WHERE id = $1::int';
    let arrived = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const work = (database: Database, ids: readonly number[]) =>
      database.transact(async (sql) => {
        await sql.execute(hit, ids[0]);
        arrived += 1;
        if (arrived >= 2) meet();
        await met;
        await sql.execute(hit, ids[1]);
      });
    await Promise.all([work(first, [1, 2]), work(second, [2, 1])]);
    expect(arrived).toBe(3);
    expect(await first.query('SELECT id, hits FROM things ORDER BY id')).toEqual([
      { id: 1, hits: 2 },
      { id: 2, hits: 2 },
    ]);
  });

  test('the server sees who is connected', async () => {
    const rows = await open().query(`SELECT current_setting('application_name') AS name`);
    expect(rows).toEqual([{ name: 'contracts-agg' }]);
  });
});

onServer('connections at the end', (open, url) => {
  test('failed transactions hold no connection, and closing leaves none behind', async () => {
    const [database, administrator] = [
      openServerDatabase(url(), { connections: 2, clock: systemClock }),
      open(),
    ];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await failureOf(database.transact((sql) => sql.query('SELECT 1 / 0')));
      await failureOf(database.transact(() => Promise.reject(new Error('a fault of ours'))));
    }
    expect(await database.transact((sql) => sql.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    const [before] = await administrator.query<{ count: number }>(COUNT_OTHERS);
    expect(before?.count).toBe(1);
    await database.close();
    await vi.waitFor(async () => {
      expect(await administrator.query(COUNT_OTHERS)).toEqual([{ count: 0 }]);
    }, 20_000);
  });
});
