import pg from 'pg';
import { expect, onTestFinished, vi } from 'vitest';
import { databaseName } from '../../support/databases.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

async function execute(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database beside that of the world, in another encoding. */
async function createInLatin1({ databaseUrl = '' }: World): Promise<string> {
  const name = databaseName();
  const options = `ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`;
  await execute(databaseUrl, `CREATE DATABASE ${name} ${options}`);
  onTestFinished(() => execute(databaseUrl, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

serverTest(
  'a database in a narrow encoding is refused by the first run, with the remedy',
  async () => {
    const world = await startWorld({ contracts: 5 });
    const env = { DATABASE_URL: await createInLatin1(world) };
    const remedy = /LATIN1.*create one with ENCODING 'UTF8' TEMPLATE template0/;

    const { summary } = await world.run([], env);
    const migrate = await world.command(['migrate'], env);
    const doctor = await world.command(['doctor'], env);

    expect(summary).toMatchObject({ exitCode: 74, esi: { requests: 0 } });
    expect(summary.failures[0]?.message).toMatch(remedy);
    expect(migrate).toMatchObject({ exitCode: 74, stderr: expect.stringMatching(remedy) });
    expect(doctor.exitCode).toBe(74);
    expect(doctor.stdout).toContain('LATIN1');
  },
);

serverTest(
  'a database that is newer than the program is written and read by no command',
  async () => {
    const world = await startWorld({ contracts: 5 });
    await world.run();
    await execute(
      world.databaseUrl ?? '',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ('x', 'y', '29991231000000_from_the_future', now(), 1)`,
    );
    world.esi.resetRequests();

    const { summary } = await world.run();
    const others = [['migrate'], ['migrate', '--status'], ['status'], ['ships'], ['doctor']];
    const results = await Promise.all(others.map((args) => world.command(args)));

    expect(summary.failures[0]?.message).toContain('newer than this program');
    expect([summary.exitCode, ...results.map(({ exitCode }) => exitCode)]).toEqual(
      Array.from({ length: 6 }, () => 74),
    );
    for (const { stdout, stderr } of results) {
      expect(stdout + stderr).toContain('29991231000000_from_the_future');
    }
    // Only `doctor` asks whether ESI is there.
    expect(world.esi.requests.filter(({ kind }) => kind !== 'regions')).toEqual([]);
  },
);

serverTest('a command that reads ends at once by a signal, though the server hangs', async () => {
  const world = await startWorld({ contracts: 5 });
  const proxy = await startProxy(world.databaseUrl ?? '');
  onTestFinished(proxy.close);
  proxy.swallow();
  const running = world.spawn(['ships'], { DATABASE_URL: proxy.url });
  await vi.waitUntil(() => proxy.connections > 0, { timeout: 20_000, interval: 20 });
  const sinceMs = performance.now();

  running.kill('SIGTERM');
  const { exitCode } = await running.done;

  expect(exitCode).toBe(143);
  // The server would be given up after ten times as long.
  expect(performance.now() - sinceMs).toBeLessThan(5000);
});
