import { describe, expect, test, vi } from 'vitest';
import { openServerDatabase } from '../../src/database/open-server.ts';
import { createServerDatabase, DATABASE_KINDS } from '../support/databases.ts';
import { useDatabase } from '../support/use-database.ts';

describe.each(DATABASE_KINDS)('$name', (kind) => {
  const db = useDatabase(kind);
  test('tz', async () => {
    vi.stubEnv('TZ', 'America/New_York');
    console.log(new Date(0).getHours(), await db().query('show timezone'));
    console.log(
      await db().query(
        `select ($1::timestamptz at time zone 'UTC')::text as a, '2020-01-01T00:00:00Z'::timestamptz as b`,
        new Date('2020-01-01T00:00:00Z'),
      ),
    );
    vi.unstubAllEnvs();
  });
});
test('server tz', async () => {
  const s = await createServerDatabase();
  const d0 = openServerDatabase(s.url, 1);
  await d0.execute(
    `ALTER DATABASE ${new URL(s.url).pathname.slice(1)} SET timezone TO 'Asia/Tokyo'`,
  );
  await d0.close();
  const d = openServerDatabase(s.url, 1);
  console.log(await d.query('show timezone'));
  console.log(
    await d.query(
      `select ($1::timestamptz at time zone 'UTC')::text as a, '2020-01-01T00:00:00Z'::timestamptz as b`,
      new Date('2020-01-01T00:00:00Z'),
    ),
  );
  await d.close();
  await s.drop();
});
