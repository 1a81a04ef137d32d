import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { Shown } from '../../support/kill-checks.ts';
import { type PrivatePostgres, startPostgres } from '../../support/private-postgres.ts';
import {
  administer,
  expectCompletion,
  expectExplained,
  openWorldOn,
  startSlowRun,
} from '../../support/run-server.ts';
import { serverTest, type World } from '../../support/run-world.ts';
import { diskServerTest, mountSmallDisk } from '../../support/small-disk.ts';

const MIB = 1024 * 1024;
const CONNECTIONS = 12;

let postgres: PrivatePostgres;

beforeAll(async () => {
  const server = await startPostgres({ settings: [`max_connections=${CONNECTIONS}`] });
  if (server !== undefined) postgres = server;
});

afterAll(() => postgres?.stop());

async function startWorld(server = postgres): Promise<World> {
  const { world, close } = await openWorldOn(server);
  onTestFinished(close);
  return world;
}

function hostOf({ databaseUrl = '' }: World): string {
  return new URL(databaseUrl).host;
}

async function killPostmaster(): Promise<void> {
  const [postmaster = 0, ...children] = await postgres.pids();
  process.kill(postmaster, 'SIGKILL');
  // They notice by themselves, in their own time.
  for (const pid of children) process.kill(pid, 'SIGKILL');
}

serverTest.each([
  ['stopped in the middle of a pass', () => postgres.halt()],
  ['killed in the middle of a pass', killPostmaster],
])('a server that is %s ends it, and the next run completes it', async (_, end) => {
  const world = await startWorld();
  const shown = new Shown();
  shown.note(world);
  const running = await startSlowRun(world);

  await end();
  const run = world.read(await running.done);

  await expectExplained(run, world, hostOf(world), 'see that the server runs');
  expect(run.summary.durationMs).toBeLessThan(30_000);
  await postgres.start();
  await shown.expectNothingTorn(world);
  await expectCompletion(world);
});

serverTest('a server that is restarted in the middle of a pass costs nothing', async () => {
  const world = await startWorld();
  const running = await startSlowRun(world);

  await postgres.halt();
  await postgres.start();
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('a server that becomes read-only in the middle of a pass ends it', async () => {
  const world = await startWorld();
  const { databaseUrl = '' } = world;
  const name = new URL(databaseUrl).pathname.slice(1);
  const set = (value: string) =>
    administer(postgres.url, `ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
  const running = await startSlowRun(world);

  await set('on');
  await administer(
    postgres.url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  const run = world.read(await running.done);

  await expectExplained(run, world, 'read-only transaction', 'name the primary', hostOf(world));
  await set('off');
  await expectCompletion(world);
});

serverTest('a server whose connections are all in use is told of', async () => {
  const world = await startWorld();
  const clients = Array.from({ length: CONNECTIONS }, () => {
    const client = new pg.Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    return client;
  });
  await Promise.allSettled(clients.map((client) => client.connect()));

  const run = await world.run();

  await expectExplained(run, world, 'too many clients', 'max_connections', hostOf(world));
  await Promise.all(clients.map((client) => client.end()));
  await expectCompletion(world);
});

diskServerTest('a server whose disk is full ends the pass, and the next completes it', async () => {
  const disk = await mountSmallDisk('size=256m');
  const server = await startPostgres({ parent: disk.folder });
  if (server === undefined) throw new Error('no PostgreSQL is installed');
  onTestFinished(server.stop);
  const world = await startWorld(server);
  await world.command(['migrate']);
  await disk.leave(0);

  const run = await world.run();

  await expectExplained(run, world, 'No space left', 'make room on the disk of the server');
  await disk.leave(32 * MIB);
  await expectCompletion(world);
});
