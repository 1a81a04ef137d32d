import { randomUUID } from 'node:crypto';
import { accessSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { Database } from '../../../src/database/database.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import { lastGoodRunAt, lastRuns } from '../../../src/database/queries/status-queries.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import { findRegions, saveRegions } from '../../../src/database/tables/regions.ts';
import { beginRun, finishRun } from '../../../src/database/tables/runs.ts';
import { executeOn } from '../../support/databases.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { PGBOUNCER, startPgbouncer } from '../../support/private-pgbouncer.ts';
import { onServer } from '../../support/use-database.ts';
import { FIRST_SEEN, LATER, newContract, RUN, storedContract, THE_FORGE } from '../tables/rows.ts';

const SET_ODDLY = `
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET timezone TO ''Asia/Tokyo''', current_database());
  EXECUTE format('ALTER DATABASE %I SET datestyle TO ''German''', current_database());
  EXECUTE format('ALTER DATABASE %I SET extra_float_digits TO 0', current_database());
END $$`;

function setPath(of: string): string {
  return `
CREATE SCHEMA "Market";
DO $$ BEGIN
  EXECUTE format('ALTER ${of} SET search_path TO "Market"', current_database());
END $$`;
}

interface Surroundings {
  readonly about: string;
  /** What an administrator did to the database. */
  readonly setUp: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly schema: string;
}

const SURROUNDINGS: readonly Surroundings[] = [
  { about: 'zone, DateStyle and digits of another taste', setUp: SET_ODDLY, schema: 'public' },
  { about: 'a search_path of its own', setUp: setPath('DATABASE %I'), schema: 'Market' },
  {
    about: 'a search_path of the role',
    setUp: setPath('ROLE CURRENT_USER IN DATABASE %I'),
    schema: 'Market',
  },
  {
    about: 'a search_path in the options of its URL',
    setUp: 'CREATE SCHEMA market',
    parameters: { options: '-c search_path=market -c work_mem=7MB' },
    schema: 'market',
  },
  {
    about: 'a schema in its URL, and all of the others',
    setUp: `${setPath('DATABASE %I')}; CREATE SCHEMA "The best"; ${SET_ODDLY}`,
    parameters: { schema: 'The best', options: '-c TimeZone=Asia/Tokyo' },
    schema: 'The best',
  },
];

function openWith(url: string, parameters: Readonly<Record<string, string>> = {}): Database {
  const withParameters = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    withParameters.searchParams.set(name, value);
  }
  const database = openServerDatabase(withParameters.href, { connections: 2, clock: systemClock });
  onTestFinished(() => database.close());
  return database;
}

/** The moments themselves, whatever zone they would be printed in. */
async function epochMs(database: Database, table: string, ...columns: readonly string[]) {
  const list = columns.map((column) => `(extract(epoch FROM ${column}) * 1000)::float8`);
  const [row] = await database.query<{ at: readonly unknown[] }>(
    `SELECT json_build_array(${list.join(', ')}) AS at FROM ${table}`,
  );
  return row?.at;
}

async function expectSameRun(database: Database): Promise<void> {
  const runId = randomUUID();
  await beginRun(database.transact, runId, FIRST_SEEN);
  const end = { outcome: 'complete', exitCode: 0, finishedAt: LATER.toISOString() };
  await finishRun(database, { runId, ...end });

  expect(await lastRuns(database, 1)).toEqual([
    { ...end, runId, number: 1, startedAt: FIRST_SEEN, finishedAt: LATER },
  ]);
  expect(await lastGoodRunAt(database, LATER)).toEqual(LATER);
  const times = await epochMs(database, 'aggregation_runs', 'started_at', 'finished_at');
  expect(times).toEqual([FIRST_SEEN.getTime(), LATER.getTime()]);
}

async function expectSameRegion(database: Database): Promise<void> {
  const region = {
    regionId: THE_FORGE,
    name: 'The Forge',
    snapshotLastModified: FIRST_SEEN,
    listedContracts: 1,
    capped: false,
    checkedAt: LATER,
    heldBackLastModified: null,
  };
  await saveRegions(database, [region]);

  expect(await findRegions(database)).toEqual([region]);
  const times = await epochMs(database, 'regions', 'snapshot_last_modified', 'checked_at');
  expect(times).toEqual([FIRST_SEEN.getTime(), LATER.getTime()]);
}

async function expectSameContract(database: Database): Promise<void> {
  const volume = 101_000.123_456_789;
  await insertContracts(database, [newContract({ contractId: 1, volume })]);
  await endContracts(database, THE_FORGE, [{ contractId: 1, status: 'closed' }], LATER, RUN);

  expect(await storedContract(database, 1)).toMatchObject({ volume, title: 'Gila, fitted' });
  const times = await epochMs(database, 'contracts', 'first_seen_at', 'closed_at');
  expect(times).toEqual([FIRST_SEEN.getTime(), LATER.getTime()]);
}

async function expectAsEver(database: Database, schema: string): Promise<void> {
  await migrate(database.transact, await readMigrations());
  await expectSameRun(database);
  await expectSameRegion(database);
  await expectSameContract(database);
  const schemas = await database.query(
    `SELECT DISTINCT schemaname AS schema FROM pg_tables WHERE schemaname !~ '^pg_|^information_'`,
  );
  expect(schemas).toEqual([{ schema }]);
}

onServer('a database with', (_open, url) => {
  test.each(SURROUNDINGS)('$about is read and written like every other', async (surroundings) => {
    const { setUp, parameters, schema } = surroundings;
    await executeOn(url(), setUp);

    await expectAsEver(openWith(url(), parameters), schema);
  });

  test('options in its URL has them', async () => {
    const database = openWith(url(), { options: '-c work_mem=7MB' });

    expect(await database.query(`SELECT current_setting('work_mem') AS memory`)).toEqual([
      { memory: '7MB' },
    ]);
  });

  test('a transaction whose client sleeps does not keep it for ever', async () => {
    const setting = `SELECT current_setting('idle_in_transaction_session_timeout') AS timeout`;

    expect(await openWith(url()).query(setting)).toEqual([{ timeout: '1min' }]);
  });
});

onServer('a database behind PgBouncer in transaction mode, with', (_open, url) => {
  const poolable = SURROUNDINGS.filter(({ parameters }) => parameters?.['options'] === undefined);
  const bySchema = { about: 'a schema in its URL', setUp: 'CREATE SCHEMA market' };

  test
    .skipIf(!isInstalled())
    .each([...poolable, { ...bySchema, parameters: { schema: 'market' }, schema: 'market' }])(
    '$about is read and written like every other',
    async ({ setUp, parameters, schema }) => {
      await executeOn(url(), setUp);
      const pooler = await startPgbouncer(url());
      onTestFinished(() => pooler.stop());

      await expectAsEver(openWith(pooler.url, parameters), schema);
    },
  );
});

function isInstalled(): boolean {
  try {
    accessSync(PGBOUNCER);
    return true;
  } catch {
    return false;
  }
}
