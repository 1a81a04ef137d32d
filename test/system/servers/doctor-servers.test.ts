import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { expect, onTestFinished } from 'vitest';
import { executeOn } from '../../support/databases.ts';
import { freePort } from '../../support/machine.ts';
import { diagnose } from '../../support/run-doctor.ts';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { serverTest, startWorld } from '../../support/run-world.ts';
import { startProxy } from '../../support/tcp-proxy.ts';
import { privateRedis } from '../../support/use-redis.ts';

const WORLD = { contracts: 6 };
const ALL_OK = {
  node: 'ok',
  settings: 'ok',
  contact: 'ok',
  'data directory': 'ok',
  database: 'ok',
  migrations: 'ok',
  rights: 'ok',
  'lock server': 'ok',
  lock: 'ok',
  ESI: 'ok',
  clock: 'ok',
};

serverTest('with servers all is well, before and after a run, and nothing is written', async () => {
  const world = await startWorld(WORLD);

  const before = await diagnose(world);

  expect(before.statuses).toEqual(ALL_OK);
  expect(before.exitCode).toBe(0);
  expect(before.textOf('migrations')).toContain('the first run makes them');
  expect(before.textOf('data directory')).toContain('not needed');
  expect(await world.tables.names()).toEqual([]);
  expect(await world.redis.names()).toEqual([]);
  await world.run();
  const keys = await world.redis.dump();
  const after = await diagnose(world);
  expect(after.statuses).toEqual({ ...ALL_OK, size: 'ok' });
  expect(after.textOf('migrations')).toContain('are applied');
  expect(await world.redis.dump()).toEqual(keys);
});

serverTest('who holds the lock is told', async () => {
  const world = await startWorld(WORLD);
  const client = await world.redis.client();
  const { lockKey } = world.redis;
  await client.set(lockKey, 'run-1', { PX: 4_999_000 });

  const { exitCode, textOf } = await diagnose(world);

  expect(textOf('lock')).toMatch(/held by run run-1 .* for 4\d{3} s more/);
  expect(textOf('lock')).toContain(`(${lockKey})`);
  expect(exitCode).toBe(0);
});

serverTest('migrations that are pending are told', async () => {
  const world = await startStoredWorld(WORLD);
  await world.tables.execute(
    `DELETE FROM _prisma_migrations WHERE migration_name NOT LIKE '%init'`,
  );

  const { exitCode, statuses, textOf } = await diagnose(world);

  expect(exitCode).toBe(74);
  expect(statuses['migrations']).toBe('fail');
  expect(textOf('migrations')).toContain('run `contracts-agg migrate`');
});

serverTest('rights that a run lacks are told one by one', async () => {
  const world = await startStoredWorld(WORLD);
  const role = `doctor_${randomUUID().replaceAll('-', '')}`;
  const url = world.databaseUrl ?? '';
  await executeOn(
    url,
    `CREATE ROLE ${role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
    GRANT INSERT, UPDATE ON contracts, regions, aggregation_runs TO ${role}`,
  );
  onTestFinished(() => executeOn(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`));
  const asRole = Object.assign(new URL(url), { username: role }).href;

  const { exitCode, textOf } = await diagnose(world, { DATABASE_URL: asRole });

  expect(exitCode).toBe(74);
  expect(textOf('rights')).toContain(
    `${role} lacks INSERT on contract_items, INSERT on esi_type_cache, UPDATE on esi_type_cache`,
  );
});

serverTest('a database that is read-only is told', async () => {
  const world = await startStoredWorld(WORLD);
  const url = new URL(world.databaseUrl ?? '');
  url.searchParams.set('options', '-c default_transaction_read_only=on');

  const { exitCode, textOf } = await diagnose(world, { DATABASE_URL: url.href });

  expect(exitCode).toBe(74);
  expect(textOf('database')).toContain('it is read-only → DATABASE_URL names a standby');
});

serverTest(
  'servers that cannot be reached are all told; the lock decides the exit code',
  async () => {
    const world = await startWorld(WORLD);
    const [redis, database] = [await freePort(), await freePort()];

    const { exitCode, statuses, textOf } = await diagnose(world, {
      DATABASE_URL: `postgres://me:s3cret-pw@127.0.0.1:${database}/contracts`,
      REDIS_URL: `redis://127.0.0.1:${redis}`,
    });

    expect(exitCode).toBe(69);
    expect(statuses).toMatchObject({ database: 'fail', 'lock server': 'fail', ESI: 'ok' });
    expect(textOf('database')).toContain('DATABASE_URL');
    expect(textOf('lock server')).toContain('REDIS_URL');
  },
);

serverTest(
  'servers that take connections and never answer are given up after ten seconds',
  async () => {
    const world = await startWorld(WORLD);
    const proxies = await Promise.all(
      ['DATABASE_URL', 'REDIS_URL'].map(async (name) => {
        const proxy = await startProxy(world.env[name] ?? '');
        onTestFinished(() => proxy.close());
        proxy.swallow();
        return [name, proxy.url] as const;
      }),
    );
    const startedAt = performance.now();

    const { exitCode, statuses } = await diagnose(world, Object.fromEntries(proxies));

    expect(exitCode).toBe(69);
    expect(statuses).toMatchObject({ database: 'fail', 'lock server': 'fail', ESI: 'ok' });
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  },
);

serverTest.each([
  ['is a replica', ['REPLICAOF', '127.0.0.1', '9'], 'fail', 'name the primary'],
  ['is full', ['CONFIG', 'SET', 'maxmemory', '1'], 'fail', 'raise its maxmemory'],
  [
    'may throw the lock away',
    ['CONFIG', 'SET', 'maxmemory', '1gb', 'maxmemory-policy', 'allkeys-random'],
    'warn',
    'set maxmemory-policy to noeviction',
  ],
])('a Redis that %s is told', async (_, command, status, remedy) => {
  const world = await startWorld(WORLD);
  const server = await privateRedis();
  const client = createClient({ url: server.url });
  await client.connect();
  onTestFinished(() => client.destroy());
  await client.sendCommand(command);

  const { exitCode, statuses, textOf } = await diagnose(world, { REDIS_URL: server.url });

  expect(statuses['lock server']).toBe(status);
  expect(exitCode).toBe(status === 'fail' ? 69 : 0);
  expect(textOf('lock server')).toContain(remedy);
});

serverTest('a user of Redis who may not do what a run does is told', async () => {
  const world = await startWorld(WORLD);
  const server = await privateRedis();
  const client = createClient({ url: server.url });
  await client.connect();
  onTestFinished(() => client.destroy());
  await client.aclSetUser('reader', [
    'on',
    '>s3cret-pw',
    '~*',
    '+@read',
    '+ping',
    '+hello',
    '+client',
  ]);
  const url = Object.assign(new URL(server.url), { username: 'reader', password: 's3cret-pw' });

  const { exitCode, textOf } = await diagnose(world, { REDIS_URL: url.href });

  expect(exitCode).toBe(69);
  expect(textOf('lock server')).toMatch(/NOPERM .*correct the user, password or rights/s);
});
