import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { readTree } from '../support/file-tree.ts';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import { diagnose } from '../support/run-doctor.ts';
import { openWorld, startWorld, type World } from '../support/run-world.ts';

const EMBEDDED = { embedded: true, contracts: 6 };
const PATIENCE = { timeout: 60_000, interval: 50 };
const ALL_OK = {
  node: 'ok',
  settings: 'ok',
  contact: 'ok',
  'data directory': 'ok',
  database: 'ok',
  lock: 'ok',
  ESI: 'ok',
  clock: 'ok',
};

test('before the first run all is well, and nothing is made', async () => {
  const world = await startWorld(EMBEDDED);

  const { exitCode, statuses, textOf } = await diagnose(world);

  expect(statuses).toEqual(ALL_OK);
  expect(exitCode).toBe(0);
  expect(textOf('data directory')).toContain('can be made');
  expect(await readTree(world.folder)).toEqual({});
  expect(world.esi.requests).toHaveLength(1);
});

test('a database that was put there by hand is not opened, since that would make its lock', async () => {
  const world = await startWorld(EMBEDDED);
  await mkdir(join(world.dataDir, 'pgdata'), { recursive: true, mode: 0o700 });
  const before = await readTree(world.folder);

  const { exitCode, textOf } = await diagnose(world);

  expect(exitCode).toBe(0);
  expect(textOf('database')).toContain('not opened: no run has been at work there');
  expect(await readTree(world.folder)).toEqual(before);
});

test('for people it is one line a finding, with the remedy below', async () => {
  const world = await startWorld(EMBEDDED);

  const { exitCode, stdout } = await world.command(['doctor'], { ESI_MAX_RPS: 'fast' });

  expect(exitCode).toBe(78);
  expect(stdout).toMatch(/^ok {4}node {12}\d+\.\d+\.\d+ /m);
  expect(stdout).toMatch(
    /^fail {2}settings {8}ESI_MAX_RPS: expected [^\n]*\n {22}→ correct ESI_MAX_RPS/m,
  );
  expect(stdout).toMatch(/\n1 failed, 0 to look at\n$/);
});

test('every fault of the settings is named, the rest is checked all the same, no value is shown', async () => {
  const world = await startWorld(EMBEDDED);
  const faults = {
    REGION_IDS: 'Jita',
    DATABASE_URL: 'mysql://root:s3cret-mysql@localhost/x',
    REDIS_URL: 'http://:s3cret-redis@localhost',
    ESI_CONCURRENCY: '0',
  };

  const { exitCode, findings, statuses, textOf } = await diagnose(world, faults);

  expect(exitCode).toBe(78);
  expect(findings.filter(({ check }) => check === 'settings')).toHaveLength(4);
  for (const name of Object.keys(faults)) expect(textOf('settings')).toContain(`${name}: `);
  expect(statuses).toMatchObject({ database: 'warn', 'lock server': 'warn', ESI: 'ok' });
  expect(textOf('database')).toContain('not checked: DATABASE_URL has a fault');
  expect(JSON.stringify(findings)).not.toContain('s3cret');
});

test('a settings file that cannot be read is a fault of the settings', async () => {
  const world = await startWorld(EMBEDDED);

  await mkdir(join(world.folder, '.env'));

  const { exitCode, stdout } = await world.command(['doctor', '--env-file', '.env']);

  expect(exitCode).toBe(78);
  expect(stdout).toContain('--env-file: cannot be read');
});

describe('the data directory', () => {
  test('that is a file is told', async () => {
    const world = await startWorld(EMBEDDED);
    await writeFile(world.dataDir, '');

    const { exitCode, textOf } = await diagnose(world);

    expect(exitCode).toBe(69);
    expect(textOf('data directory')).toContain('is no folder → set DATA_DIR to a folder');
  });

  test('that everybody may write to is told', async () => {
    const world = await startWorld(EMBEDDED);
    await mkdir(world.dataDir);
    await chmod(world.dataDir, 0o777);

    const { exitCode, statuses, textOf } = await diagnose(world);

    expect(exitCode).toBe(0);
    expect(statuses['data directory']).toBe('warn');
    expect(textOf('data directory')).toContain(`chmod o-w ${world.dataDir}`);
  });
});

describe('ESI', () => {
  test.each([
    ['that is down', { kind: 'status', status: 503 }, 'status 503', '11:00 UTC'],
    ['that limits', { kind: 'status', status: 420 }, 'status 420', 'wait a minute'],
    ['that is something else', { kind: 'status', status: 404 }, 'status 404', 'ESI_BASE_URL'],
    [
      'that answers with a page',
      { kind: 'raw', status: 200, headers: { 'content-type': 'text/html' }, text: '<p>Hi' },
      'of no use',
      'something between',
    ],
    ['that breaks off', { kind: 'reset' }, 'cannot be reached', 'HTTPS_PROXY'],
  ] as const)('%s is told, after one request', async (_, answer, says, remedy) => {
    const world = await startWorld(EMBEDDED);
    world.esi.fault({ match: /regions/, answer });

    const { exitCode, statuses, textOf } = await diagnose(world);

    expect(exitCode).toBe(1);
    expect(statuses['ESI']).toBe('fail');
    expect(textOf('ESI')).toContain(says);
    expect(textOf('ESI')).toContain(remedy);
    expect(world.esi.requests).toHaveLength(1);
  });

  test('that never answers is given up after ten seconds', async () => {
    const world = await startWorld(EMBEDDED);
    world.esi.fault({ match: /regions/, answer: { kind: 'hang' } });
    const startedAt = performance.now();

    const { exitCode, textOf } = await diagnose(world);

    expect(exitCode).toBe(1);
    expect(textOf('ESI')).toContain('no answer in 10 s');
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    expect(world.esi.requests).toHaveLength(1);
  });

  test('whose clock differs is told, and by how much', async () => {
    const world = await startWorld(EMBEDDED);
    world.hostClock = { errorMs: 3_600_000, jumpMs: 0 };

    const { exitCode, statuses, textOf } = await diagnose(world);

    expect(exitCode).toBe(0);
    expect(statuses['clock']).toBe('warn');
    expect(textOf('clock')).toMatch(/^(3599|360[0-5]) s ahead of ESI's → .*NTP/);
  });

  test('on the live network wants a contact', async () => {
    const world = await startWorld(EMBEDDED);
    // Nobody listens there: the name is all that counts.
    const { statuses, textOf } = await diagnose(world, {
      ESI_BASE_URL: 'http://127.0.0.1:9/evetech.net',
    });

    expect(statuses['contact']).toBe('warn');
    expect(textOf('contact')).toContain('set ESI_CONTACT');
  });
});

/** PostgreSQL writes to its own files when it is opened. */
async function readOutsideDatabase(folder: string) {
  const tree = Object.entries(await readTree(folder));
  return tree.filter(([path]) => !path.includes('pgdata'));
}

describe('after a run', () => {
  let world: World;

  beforeAll(async () => {
    const opened = await openWorld(EMBEDDED);
    world = opened.world;
    await prepareEmbedded(world.dataDir);
    expect((await world.run(['--region', 'all'])).summary.exitCode).toBe(0);
    return opened.close;
  });

  test('all is well, what the cache holds is not asked for again, and no file is changed but by opening the database', async () => {
    world.esi.resetRequests();
    const before = await readOutsideDatabase(world.folder);

    const { exitCode, statuses, textOf } = await diagnose(world);

    expect(statuses).toEqual({ ...ALL_OK, size: 'ok' });
    expect(exitCode).toBe(0);
    expect(textOf('database')).toContain('tables are current');
    expect(textOf('ESI')).toContain('not asked: the cache holds');
    expect(world.esi.requests).toEqual([]);
    expect(await readOutsideDatabase(world.folder)).toEqual(before);
  });

  test('beside a run at work it tells so, and does not disturb it', async () => {
    world.nextListing();
    world.esi.resetRequests();
    world.esi.fault({ match: /public/, times: 1, answer: { kind: 'delay', ms: 8000 } });
    const running = world.startRun(['--region', 'The Forge']);
    await vi.waitUntil(() => world.esi.requests.length > 0, PATIENCE);

    const { exitCode, statuses, textOf } = await diagnose(world);

    expect(statuses).toEqual(ALL_OK);
    expect(exitCode).toBe(0);
    expect(textOf('database')).toContain('a run is at work');
    expect(textOf('lock')).toContain('a run is at work');
    expect(world.read(await running.done).summary).toMatchObject({ exitCode: 0 });
  });

  test('a database that does not open is told', async () => {
    await writeFile(join(world.dataDir, 'pgdata', 'PG_VERSION'), '9.6\n');

    const { exitCode, statuses } = await diagnose(world);

    expect(exitCode).toBe(74);
    expect(statuses['database']).toBe('fail');
  });
});
