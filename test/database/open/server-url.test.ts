import { describe, expect, it, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { openServerDatabase } from '../../../src/database/open/server.ts';
import { readServerUrl } from '../../../src/database/open/server-url.ts';
import { countTypes } from '../../../src/database/queries/status-queries.ts';
import { onServer } from '../../support/use-database.ts';

describe('a database URL', () => {
  it('without options is the one that the driver gets', () => {
    const url = 'postgres://me:100%@db.test:5433/contracts?sslmode=verify-full';

    expect(readServerUrl(url)).toEqual({
      connectionString: url,
      options: '-c TimeZone=UTC',
      schema: undefined,
    });
  });

  it('may name a schema and options of the session, and the time zone stays UTC', () => {
    const url =
      'postgres://me:p%40ss@db.test/contracts?options=-c%20TimeZone%3DAsia/Tokyo&sslmode=verify-full&schema=market';

    expect(readServerUrl(url)).toEqual({
      connectionString: 'postgres://me:p%40ss@db.test/contracts?sslmode=verify-full',
      options: '-c TimeZone=Asia/Tokyo -c search_path="market" -c TimeZone=UTC',
      schema: 'market',
    });
  });
});

const SESSION = `
SELECT current_setting('TimeZone') AS zone, current_schema() AS schema,
  current_setting('work_mem') AS work_mem`;

onServer('a database URL', (open, url) => {
  const openWith = (parameters: Readonly<Record<string, string>>) => {
    const withParameters = new URL(url());
    for (const [name, value] of Object.entries(parameters)) {
      withParameters.searchParams.set(name, value);
    }
    const database = openServerDatabase(withParameters.href, 2, systemClock);
    onTestFinished(() => database.close());
    return database;
  };

  test('with options of its own leaves the time zone as the program needs it', async () => {
    const database = openWith({ options: '-c work_mem=7MB -c TimeZone=Asia/Tokyo' });

    expect(await database.query(SESSION)).toEqual([
      { zone: 'UTC', schema: 'public', work_mem: '7MB' },
    ]);
  });

  test('with a schema reads and writes there, typed reads too', async () => {
    await open().execute('CREATE SCHEMA "Market"');
    const database = openWith({ schema: 'Market' });

    await migrate(database.transact, await readMigrations());
    await database.execute(
      'INSERT INTO esi_type_cache (type_id, last_refreshed_at) VALUES (587, now())',
    );

    expect(await countTypes(database, new Date())).toMatchObject({ types: 1 });
    const tables = await open().query(
      `SELECT DISTINCT schemaname FROM pg_tables WHERE tablename IN ('contracts', 'esi_type_cache')`,
    );
    expect(tables).toEqual([{ schemaname: 'Market' }]);
  });
});
