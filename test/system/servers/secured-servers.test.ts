import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { readAllRecipes } from '../../../fixtures/readme-recipes.ts';
import { executeOn } from '../../support/databases.ts';
import { type Environment, expectNoSecret } from '../../support/run-process.ts';
import { openWorld, THE_FORGE, type World } from '../../support/run-world.ts';
import {
  REDIS_PASSWORD,
  type SecuredServers,
  startSecuredServers,
  startTlsFront,
} from '../../support/secured-servers.ts';
import { hasOpenssl } from '../../support/test-authority.ts';

const SECURITY = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
/** The very statements that people are told to execute. */
const [MAKE_ROLES = '', GRANT_TABLES = ''] = [...SECURITY.matchAll(/```sql\n([^`]*)```/g)].map(
  ([, sql = '']) => sql,
);
const OWNER = { user: 'contracts_owner', password: 'change-me-1' };
const WRITER = { user: 'contracts_writer', password: 'change-me-2' };
const READER = { user: 'contracts_reader', password: 'change-me-3' };
const READING_COMMANDS = [
  'status',
  'status --json',
  'ships',
  'contracts --system Jita',
  'changes --baseline',
  'run --dry-run',
];
const SECRETS = [OWNER.password, WRITER.password, READER.password, REDIS_PASSWORD, 'wr0ng-pw'];

type Role = typeof OWNER;

const hasServers = inject('postgresUrl') !== null && inject('redisUrl') !== null && hasOpenssl;
const securedTest = test.runIf(hasServers);
let servers: SecuredServers;
let world: World;
let close: () => Promise<void>;

// Roles are common to all databases of a server: the tests share one, in their order.
beforeAll(async () => {
  if (!hasServers) return;
  servers = await startSecuredServers();
  const options = { contracts: 30, regionIds: [THE_FORGE] };
  ({ world, close } = await openWorld(options, async () => {
    await asAdmin('CREATE DATABASE contracts', 'postgres');
    return { url: adminUrl('contracts'), drop: async () => undefined };
  }));
  await asAdmin(MAKE_ROLES, 'contracts');
});

afterAll(async () => {
  if (!hasServers) return;
  await close();
  await servers.stop();
});

function adminUrl(database: string): string {
  return Object.assign(new URL(servers.adminUrl), { pathname: `/${database}` }).href;
}

function asAdmin(sql: string, database: string): Promise<void> {
  return executeOn(adminUrl(database), sql);
}

/** @param tls what the URL says of it */
function databaseUrl({ user, password }: Role, tls = tlsBy(servers.authority.certificate)): string {
  return `postgres://${user}:${password}@localhost:${servers.postgresPort}/contracts?${tls}`;
}

function tlsBy(authority: string): string {
  return `sslmode=verify-full&sslrootcert=${authority}`;
}

/** Settings of a run that may write and that reaches all three over TLS. */
function settings(others: Environment = {}): Environment {
  return {
    DATABASE_URL: databaseUrl(WRITER),
    REDIS_URL: `rediss://:${REDIS_PASSWORD}@localhost:${servers.redisPort}`,
    NODE_EXTRA_CA_CERTS: servers.authority.certificate,
    ...others,
  };
}

async function command(args: readonly string[], env: Environment) {
  const result = await world.spawn([...args, '--log-level', 'trace'], env).done;
  expectNoSecret(result, SECRETS);
  return result;
}

function as(role: Role): Environment {
  return settings({ DATABASE_URL: databaseUrl(role) });
}

securedTest(
  'an owner that may make tables is enough for migrate, and a writer is not',
  async () => {
    const early = await command(['run', '--json'], as(WRITER));
    expect(early.exitCode).toBe(74);
    expect(early.stderr).toContain('permission denied for schema public');

    expect(await command(['migrate'], as(OWNER))).toMatchObject({ exitCode: 0 });
    await executeOn(databaseUrl(OWNER), GRANT_TABLES);
    expect(await command(['migrate', '--status'], as(READER))).toMatchObject({ exitCode: 0 });
  },
);

securedTest('a role that may only read and write the tables runs, all of it over TLS', async () => {
  const front = await startTlsFront(world.esi.url, servers.certificate);
  onTestFinished(front.close);
  const env = settings({ ESI_BASE_URL: front.url });

  const first = await command(['run', '--json'], env);
  await world.expectTruth();
  world.nextListing({ seed: 1, share: 0.3 });
  const second = await command(['run', '--json'], { ...env, TYPE_REFRESH_DAYS: '0' });

  expect([first.exitCode, second.exitCode], first.stderr).toEqual([0, 0]);
  expect(JSON.parse(second.stdout).types.refreshed).toBeGreaterThan(0);
  await world.expectTruth();
});

securedTest('a role that may only read answers status, ships and a dry run', async () => {
  for (const args of READING_COMMANDS) {
    expect(await command(args.split(' '), as(READER)), args).toMatchObject({ exitCode: 0 });
  }
  expect(await command(['run', '--json'], as(READER))).toMatchObject({ exitCode: 74 });
});

securedTest('a role that may only read runs every documented query', async () => {
  for (const { title, sql } of await readAllRecipes()) {
    await expect(executeOn(databaseUrl(READER), sql), title).resolves.toBeUndefined();
  }
});

const DENIED: readonly { role: Role; sql: string }[] = [
  { role: WRITER, sql: 'CREATE TABLE other (id int)' },
  { role: WRITER, sql: 'CREATE TEMP TABLE other (id int)' },
  { role: WRITER, sql: 'DROP TABLE regions' },
  { role: WRITER, sql: 'ALTER TABLE regions ADD COLUMN other int' },
  { role: WRITER, sql: 'TRUNCATE contracts, contract_items, contract_bids, auction_looks' },
  { role: WRITER, sql: 'DELETE FROM contracts' },
  { role: WRITER, sql: 'UPDATE contract_items SET quantity = 1' },
  { role: WRITER, sql: `UPDATE _prisma_migrations SET checksum = ''` },
  { role: WRITER, sql: 'CREATE ROLE other' },
  { role: READER, sql: 'UPDATE contracts SET price = 1' },
  { role: READER, sql: 'INSERT INTO regions (region_id) VALUES (1)' },
  { role: READER, sql: 'DELETE FROM aggregation_runs' },
  { role: READER, sql: 'SELECT summary FROM aggregation_runs' },
  { role: READER, sql: 'SELECT 1 FROM regions FOR UPDATE' },
  { role: READER, sql: 'CREATE TABLE other (id int)' },
  { role: OWNER, sql: 'CREATE ROLE other' },
];

securedTest('nobody may do what is not theirs to do', async () => {
  for (const { role, sql } of DENIED) {
    const failure = await executeOn(databaseUrl(role), sql).catch((error: unknown) => error);
    expect(String(failure), `${role.user}: ${sql}`).toMatch(/permission denied|must be owner/);
  }
});

interface Refusal {
  readonly about: string;
  readonly env: () => Environment;
  readonly exitCode: number;
  readonly says: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    about: 'PostgreSQL, certified by strangers',
    env: () => ({ DATABASE_URL: databaseUrl(WRITER, tlsBy(servers.strangers.certificate)) }),
    exitCode: 74,
    says: /certificate/,
  },
  {
    about: 'PostgreSQL, certified by strangers, where sslmode says "require"',
    env: () => ({
      DATABASE_URL: databaseUrl(
        WRITER,
        `sslmode=require&sslrootcert=${servers.strangers.certificate}`,
      ),
    }),
    exitCode: 74,
    says: /certificate/,
  },
  {
    about: 'PostgreSQL under a name that it is not certified for',
    env: () => ({ DATABASE_URL: databaseUrl(WRITER).replace('localhost', '127.0.0.1') }),
    exitCode: 74,
    says: /does not match certificate/,
  },
  {
    about: 'PostgreSQL, with an authority that is not there',
    env: () => ({ DATABASE_URL: databaseUrl(WRITER, tlsBy('/no/such/ca.crt')) }),
    exitCode: 74,
    says: /\/no\/such\/ca\.crt/,
  },
  {
    about: 'PostgreSQL without TLS, which it demands',
    env: () => ({ DATABASE_URL: databaseUrl(WRITER, '') }),
    exitCode: 74,
    says: /no encryption/,
  },
  {
    about: 'PostgreSQL with a wrong password',
    env: () => ({ DATABASE_URL: databaseUrl({ ...WRITER, password: 'wr0ng-pw' }) }),
    exitCode: 74,
    says: /password authentication failed/,
  },
  {
    about: 'Redis, certified by strangers',
    env: () => ({ NODE_EXTRA_CA_CERTS: servers.strangers.certificate }),
    exitCode: 69,
    says: /certificate/,
  },
  {
    about: 'Redis under a name that it is not certified for',
    env: () => ({ REDIS_URL: `rediss://:${REDIS_PASSWORD}@127.0.0.1:${servers.redisPort}` }),
    exitCode: 69,
    says: /does not match certificate/,
  },
  {
    about: 'Redis with a wrong password',
    env: () => ({ REDIS_URL: `rediss://:wr0ng-pw@localhost:${servers.redisPort}` }),
    exitCode: 69,
    says: /WRONGPASS/,
  },
];

securedTest.each(REFUSALS)(
  '$about, is refused: exit $exitCode, and ESI is not asked',
  async (refusal) => {
    world.esi.resetRequests();

    const result = await command(['run', '--json'], settings(refusal.env()));

    expect(result.exitCode, result.stderr).toBe(refusal.exitCode);
    expect(JSON.parse(result.stdout).failures[0].message).toMatch(refusal.says);
    expect(world.esi.requests).toEqual([]);
  },
);

securedTest('NODE_EXTRA_CA_CERTS alone is enough for PostgreSQL too', async () => {
  const env = settings({ DATABASE_URL: databaseUrl(READER, 'sslmode=verify-full') });

  expect(await command(['status'], env)).toMatchObject({ exitCode: 0 });
});
