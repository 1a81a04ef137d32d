import { expect, onTestFinished } from 'vitest';
import { startPostgres } from '../../support/private-postgres.ts';
import { serverTest, startWorld } from '../../support/run-world.ts';

serverTest('what Prisma takes in a URL beside the driver does no harm', async () => {
  const world = await startWorld({ contracts: 10 });
  const url = new URL(world.databaseUrl ?? '');
  const extras = { connection_limit: '3', pool_timeout: '10', pgbouncer: 'true', schema: 'public' };
  for (const [name, value] of Object.entries(extras)) url.searchParams.set(name, value);

  const { summary } = await world.run([], { DATABASE_URL: url.href });

  expect(summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a server is reached by a socket of the machine', async () => {
  const server = await startPostgres();
  if (server === undefined) throw new Error('this test needs the binaries of PostgreSQL');
  onTestFinished(() => server.stop());
  const { port } = new URL(server.url);
  const folder = encodeURIComponent(server.socketFolder);
  const DATABASE_URL = `postgres://postgres@localhost:${port}/postgres?host=${folder}`;
  const world = await startWorld({ contracts: 10 });

  const { summary } = await world.run([], { DATABASE_URL });
  const ships = await world.command(['ships', '--json'], { DATABASE_URL });

  expect(summary).toMatchObject({ exitCode: 0, contracts: { inserted: 10 } });
  expect(ships.exitCode).toBe(0);
});
