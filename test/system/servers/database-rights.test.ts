import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import {
  type PrivatePostgres,
  ROLE_WITH_PASSWORD,
  startPostgres,
} from '../../support/private-postgres.ts';
import { readLog } from '../../support/run-process.ts';
import { administer, expectExplained, openWorldOn } from '../../support/run-server.ts';
import { serverTest, type World } from '../../support/run-world.ts';

const SECRET = 's3cret-of-guest';

let postgres: PrivatePostgres;

beforeAll(async () => {
  const server = await startPostgres();
  if (server === undefined) return;
  postgres = server;
  await administer(
    postgres.url,
    `CREATE ROLE guest LOGIN; CREATE ROLE ${ROLE_WITH_PASSWORD} LOGIN PASSWORD 'another'`,
  );
});

afterAll(() => postgres?.stop());

async function startWorld(): Promise<World> {
  const { world, close } = await openWorldOn(postgres, 30);
  onTestFinished(close);
  return world;
}

/** The world's database, as somebody else or under another name. */
function urlAs({ databaseUrl = '' }: World, parts: { user?: string; name?: string }): string {
  const url = new URL(databaseUrl);
  url.username = parts.user ?? url.username;
  url.password = SECRET;
  if (parts.name !== undefined) url.pathname = parts.name;
  return url.href;
}

serverTest.each([
  ['password', { user: ROLE_WITH_PASSWORD }, 'password authentication failed', 'the password'],
  ['user', { user: 'nobody_knows' }, 'nobody_knows', 'correct the user'],
  ['name of a database', { name: 'not_there' }, 'not_there', 'create it'],
])('a wrong %s ends the run with what to correct', async (_, parts, fault, advice) => {
  const world = await startWorld();

  const result = await world.run([], { DATABASE_URL: urlAs(world, parts) });

  const { host } = new URL(postgres.url);
  await expectExplained(result, world, fault, advice, host, 'DATABASE_URL');
  expect(result.stdout + result.stderr).not.toContain(SECRET);
  expect(world.esi.requests).toEqual([]);
});

serverTest('a host that nobody knows ends the run with what to correct', async () => {
  const world = await startWorld();
  const url = `postgres://guest:${SECRET}@no-such-host.invalid/contracts`;

  const result = await world.run([], { DATABASE_URL: url });

  const advice = 'see that the server runs and that DATABASE_URL names it';
  await expectExplained(result, world, 'no-such-host.invalid', advice);
  expect(result.stdout + result.stderr).not.toContain(SECRET);
});

serverTest(
  'a user without rights is told which, step by step, until the run is through',
  async () => {
    const world = await startWorld();
    const env = { DATABASE_URL: urlAs(world, { user: 'guest' }) };
    const advice = 'GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public';
    const { databaseUrl = '' } = world;

    await expectExplained(await world.run([], env), world, 'denied for schema public', advice);
    expect(await world.tables.names()).toEqual([]);
    await world.command(['migrate']);
    await expectExplained(await world.run([], env), world, 'denied for table', advice);
    await administer(databaseUrl, 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest');
    await expectExplained(await world.run([], env), world, 'table aggregation_runs', advice);
    expect(await world.tables.rows('aggregation_runs')).toEqual([]);
    expect(world.esi.requests).toEqual([]);

    await administer(databaseUrl, `${advice} TO guest`);
    const { summary } = await world.run([], env);
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
  },
);

serverTest('migrate without rights says which are missing', async () => {
  const world = await startWorld();

  const result = await world.command(['migrate'], {
    DATABASE_URL: urlAs(world, { user: 'guest' }),
  });

  expect(result).toMatchObject({ exitCode: 74, stdout: '' });
  const [line] = readLog(result);
  expect(line?.['msg']).toContain('permission denied for schema public');
  expect(line?.['msg']).toContain('CREATE ON SCHEMA public');
  expect(result.stderr).not.toContain(SECRET);
});
