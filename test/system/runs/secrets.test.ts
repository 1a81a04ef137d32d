import { readFile } from 'node:fs/promises';
import { expect, vi } from 'vitest';
import { freePort } from '../../support/machine.ts';
import { type Environment, expectNoSecret } from '../../support/run-process.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
/** In every URL of these tests; encoded, it has two spellings more. */
const PASSWORD = 'hunter2/tr@il';
const ENCODED = encodeURIComponent(PASSWORD);
const SPELLINGS = [PASSWORD, ENCODED, 'hunter2', btoa(`me:${PASSWORD}`)];

interface FailurePath {
  readonly about: string;
  readonly env: (closedPort: number) => Environment;
  readonly exitCode: number;
  /** What the operator reads. */
  readonly says: RegExp;
}

const FAILURE_PATHS: readonly FailurePath[] = [
  {
    about: 'a database server that refuses',
    env: (port) => ({ DATABASE_URL: `postgres://me:${ENCODED}@127.0.0.1:${port}/d` }),
    exitCode: 74,
    says: /NotReachable \(127\.0\.0\.1/,
  },
  {
    about: 'a database host that nobody knows',
    env: () => ({ DATABASE_URL: `postgres://me:${ENCODED}@no-such-host.invalid/d` }),
    exitCode: 74,
    says: /no-such-host\.invalid/,
  },
  {
    about: 'a database URL of another kind',
    env: () => ({ DATABASE_URL: `mysql://me:${ENCODED}@127.0.0.1/d` }),
    exitCode: 78,
    says: /DATABASE_URL: expected/,
  },
  {
    about: 'a database URL that is none',
    env: () => ({ DATABASE_URL: `postgres://me:${ENCODED}@127.0.0.1:port/d` }),
    exitCode: 78,
    says: /DATABASE_URL: expected/,
  },
  {
    about: 'a Redis that refuses',
    env: (port) => ({ REDIS_URL: `redis://me:${ENCODED}@127.0.0.1:${port}` }),
    exitCode: 69,
    says: /ECONNREFUSED/,
  },
  {
    about: 'a Redis host that nobody knows',
    env: () => ({ REDIS_URL: `redis://me:${ENCODED}@no-such-host.invalid` }),
    exitCode: 69,
    says: /no-such-host\.invalid/,
  },
  {
    about: 'a proxy that is none',
    env: () => ({ HTTPS_PROXY: `me:${PASSWORD}@127.0.0.1:3128` }),
    exitCode: 78,
    says: /HTTPS_PROXY: expected/,
  },
];

function startSmallWorld(): Promise<World> {
  return startWorld({ contracts: 6, regionIds: [THE_FORGE] });
}

serverTest.each(FAILURE_PATHS)(
  '$about: exit $exitCode, said clearly, without the password, at the finest log level',
  async ({ env, exitCode, says }) => {
    const world = await startSmallWorld();
    const settings = env(await freePort());

    const result = await world.command(['run', '--json', '--log-level', 'trace'], settings);

    expect(result.exitCode, result.stderr).toBe(exitCode);
    expect(result.stderr).toMatch(says);
    expectNoSecret(result, SPELLINGS);
    const names = await world.tables.names();
    const runs = names.length === 0 ? [] : await world.tables.rows('aggregation_runs');
    for (const secret of SPELLINGS) expect(JSON.stringify(runs)).not.toContain(secret);
  },
);

serverTest(
  'a password that a server repeats is struck out, in log, summary and table',
  async () => {
    const world = await startSmallWorld();
    const url = new URL(world.databaseUrl ?? '');
    Object.assign(url, { password: 'hunter2', pathname: '/hunter2' });
    const settings = { DATABASE_URL: url.href };

    const run = await world.command(['run', '--json', '--log-level', 'trace'], settings);
    const status = await world.command(['status'], settings);

    for (const result of [run, status]) {
      expect(result.exitCode).toBe(74);
      expect(result.stderr).toContain('database \\"[redacted]\\" does not exist');
      expectNoSecret(result, ['hunter2']);
    }
    expect(run.stdout).toContain('[redacted]');
  },
);

serverTest('the list of processes shows no password of a run at work', async () => {
  const world = await startSmallWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 1000 } });
  const running = world.spawnRun();
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);

  const shown = await Promise.all(
    ['cmdline', 'comm', 'stat'].map((name) => readFile(`/proc/${running.pid}/${name}`, 'utf8')),
  );
  world.esi.clearFaults();
  await running.done;

  expect(shown[0]).toContain('contracts-agg');
  for (const secret of world.secrets) expect(shown.join()).not.toContain(secret);
});
