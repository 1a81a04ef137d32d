import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exists } from '../../src/files/existing.ts';
import { REPOSITORY } from '../support/repository.ts';
import { expectNoSecret, readLog } from '../support/run-process.ts';
import { DOMAIN, SINQ_LAISON, serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

const NO_SERVERS = { embedded: true, contracts: 6 };

test.each([
  ['an unknown option', ['run', '--json', '--fast']],
  ['an unknown option before the command', ['--fast', 'run']],
  ['an unknown command', ['walk']],
  ['no command', ['--log-level', 'info']],
  ['an argument too many', ['run', '--json', 'now']],
  ['a time limit without a unit', ['run', '--json', '--time-limit', '5']],
  ['an empty region', ['run', '--json', '--region', '10000002,,10000043']],
  ['an option without its value', ['run', '--json', '--region']],
])('%s is wrong usage: exit 64, nothing on stdout, nothing done', async (_, args) => {
  const world = await startWorld(NO_SERVERS);

  const result = await world.command(args);

  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(readLog(result)).toMatchObject([{ level: 'fatal', msg: expect.any(String) }]);
  expect(world.esi.requests).toEqual([]);
});

test('bad settings are all named at once, without their secrets', async () => {
  const world = await startWorld(NO_SERVERS);
  const bad = {
    REGION_IDS: 'Jita',
    SHIP_GROUP_IDS: '25;26',
    DATABASE_URL: 'mysql://root:s3cret-mysql@localhost/x',
    REDIS_URL: 'http://:s3cret-redis@localhost',
    ESI_BASE_URL: 'ftp://esi',
    ESI_COMPATIBILITY_DATE: 'today',
    ESI_CONCURRENCY: '0',
    ESI_MAX_RPS: '-1',
    ESI_TIMEOUT_MS: 'soon',
    REGION_CONCURRENCY: '1.5',
    TYPE_REFRESH_DAYS: 'x',
    TYPE_REFRESH_LIMIT: 'x',
    DB_BATCH_SIZE: '0',
    LOCK_TTL_SECONDS: '0',
    LOG_LEVEL: 'loud',
  };

  const result = await world.command(['run', '--json'], bad);

  expect(result).toMatchObject({ exitCode: 78, stdout: '' });
  const [line] = readLog(result);
  expect(line).toMatchObject({ level: 'fatal', runId: expect.any(String) });
  for (const name of Object.keys(bad)) expect(line?.['msg']).toContain(`${name}: expected `);
  expectNoSecret(result, ['s3cret-mysql', 's3cret-redis']);
  expect(world.esi.requests).toEqual([]);
});

serverTest.each([
  ['names, in any case', ['--region', 'The Forge,sinq laison'], [THE_FORGE, SINQ_LAISON]],
  [
    'ids, and options repeated',
    ['--region', `${DOMAIN}`, '--region', 'the forge'],
    [DOMAIN, THE_FORGE],
  ],
])('regions given as %s are read instead of those of the settings', async (_, args, regionIds) => {
  const world = await startWorld({ contracts: 30 });

  const { summary } = await world.run(args, { REGION_IDS: '10000030' });

  await world.expectTruth({ regionIds });
  expect(summary).toMatchObject({ exitCode: 0, regions: { total: regionIds.length } });
  const stored = await world.tables.rows('contracts');
  const found = new Set(stored.map((row) => Number(row['region_id'])));
  expect(found).toEqual(new Set(regionIds));
});

test.each([
  { region: '99999999999', says: '"99999999999" is no id of a region', requests: 0 },
  { region: '1e24', says: '"1e24" is no id of a region', requests: 0 },
  { region: '-1', says: '"-1" is no id of a region', requests: 0 },
  { region: 'The Forgery', says: 'no region is called "The Forgery" (did you mean "The Forge"?)' },
  { region: 'Domain,Nowhere', says: 'no region is called "Nowhere"' },
  { region: 'The', says: 'no region is called "The"' },
  { region: '10000099', says: 'ESI lists no region with the id 10000099' },
])('--region $region is wrong usage, with nothing made', async ({ region, says, requests }) => {
  const world = await startWorld(NO_SERVERS);

  const result = await world.command(['run', '--json', `--region=${region}`]);

  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(readLog(result)).toMatchObject([{ msg: expect.stringContaining(says) }]);
  expect(await exists(world.dataDir)).toBe(false);
  expect(world.esi.requests.length).toBeLessThanOrEqual(requests ?? 2);
});

test('a region of the settings that ESI does not list is a fault of the settings', async () => {
  const world = await startWorld(NO_SERVERS);

  const result = await world.command(['run'], { REGION_IDS: '10000099' });

  expect(result.exitCode).toBe(78);
  expect(result.stderr).toContain('REGION_IDS: ESI lists no region with the id 10000099');
});

test('an id that cannot be looked up is believed, and fails alone', async () => {
  const world = await startWorld({ ...NO_SERVERS, contracts: 30 });
  world.esi.fault({ match: /\/universe\/regions/, answer: { kind: 'status', status: 503 } });

  const { summary } = await world.run(['--region', `${THE_FORGE},10000099`]);

  expect(summary).toMatchObject({
    exitCode: 1,
    regions: { total: 2, succeeded: 1, failed: 1 },
    failures: [{ regionId: 10000099 }],
  });
  await world.expectTruth({ regionIds: [THE_FORGE] });
});

test.each([
  { args: ['--region', 'all'], env: { REGION_IDS: `${DOMAIN}` } },
  { args: ['--region', 'Domain,ALL'], env: {} },
  { args: [], env: { REGION_IDS: 'forge, domain, Sinq Laison' } },
])('$args $env reads regions by their names', async ({ args, env }) => {
  const world = await startWorld({ ...NO_SERVERS, contracts: 30 });

  const { summary } = await world.run(args, env);

  expect(summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('without --json the summary is lines for people', async () => {
  const world = await startWorld({ contracts: 30 });

  const result = await world.command(['run']);

  expect(result.exitCode).toBe(0);
  expect(result.stdout).toMatch(/^complete in .*\n(?:.*\n)*contracts .*30 listed/);
  expect(readLog(result).at(-1)).toMatchObject({ msg: 'run finished', summary: { exitCode: 0 } });
  expectNoSecret(result, world.secrets);
});

/** The rights that SECURITY.md gives. */
function aclOfSecurityGuide(prefix: string): string[] {
  const text = readFileSync(`${REPOSITORY}SECURITY.md`, 'utf8');
  const [, rules = ''] = /^ACL SETUSER contracts-agg (.*)$/m.exec(text) ?? [];
  expect(rules).toContain('+set');
  return rules
    .replace('>PASSWORD', '>s3cret-redis')
    .replace('~contracts-agg:*', `~${prefix}*`)
    .split(' ');
}

serverTest('no password of any URL gets out, not even at the finest log level', async () => {
  const world = await startWorld({ contracts: 30 });
  const client = await world.redis.client();
  const user = `contracts-agg-${world.redis.prefix.slice(-9, -1)}`;
  await client.aclSetUser(user, aclOfSecurityGuide(world.redis.prefix));
  const redisUrl = new URL(world.env['REDIS_URL'] ?? '');
  Object.assign(redisUrl, { username: user, password: 's3cret-redis' });

  const result = await world.run(['--log-level', 'trace'], { REDIS_URL: redisUrl.href });

  const doctor = await world.command(['doctor'], { REDIS_URL: redisUrl.href });
  await client.aclDelUser(user);
  expect(result.summary.exitCode).toBe(0);
  expect(doctor.stdout).toMatch(/ok +lock +a key in Redis: free/);
  expectNoSecret(result, ['s3cret-pw', 's3cret-redis']);
  const stored = JSON.stringify(await world.tables.rows('aggregation_runs'));
  expect(stored).not.toContain('s3cret');
});
