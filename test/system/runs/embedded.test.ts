import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ANY_ITEMS, contractsOf } from '../../support/run-universe.ts';
import { CONTRACTS, openWorld, type World } from '../../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };

// One data directory through its life: making the first takes seconds, so the tests share it, in
// their order.
let world: World;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ world, close } = await openWorld({ embedded: true, esi: { pageSize: 40 } }));
});

afterAll(() => close());

/** Every file with its content. */
async function filesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return files;
}

// The first two are processes of their own, which are started so that PGlite is made faster.
test('a dry run without a data directory makes none', async () => {
  const { summary } = world.read(await world.spawnRun(['--dry-run']).done);

  expect(summary).toMatchObject({ dryRun: true, exitCode: 0, contracts: { inserted: CONTRACTS } });
  expect(await readdir(world.folder)).toEqual([]);
});

test('a first run needs no server and stores every contract', async () => {
  const { summary } = world.read(await world.spawnRun().done);

  await world.expectTruth();
  expect(summary).toMatchObject({
    outcome: 'complete',
    exitCode: 0,
    contracts: { listed: CONTRACTS, inserted: CONTRACTS },
  });
});

test('runs over unchanged regions ask nothing before Expires, and rewrite no row', async () => {
  const before = await world.tables.versions();
  world.esi.resetRequests();

  const second = await world.run();

  expect(world.esi.requests).toEqual([]);
  expect(second.summary).toMatchObject({ exitCode: 0, regions: { unchanged: 3 } });
  world.nextListing();
  const third = await world.run();
  expect(new Set(world.esi.requests.map(({ kind, status }) => `${kind} ${status}`))).toEqual(
    new Set(['listing 304']),
  );
  expect(third.summary).toMatchObject({ exitCode: 0, regions: { unchanged: 3 } });
  expect(await world.tables.versions()).toEqual(before);
});

test('a dry run changes nothing stored and no other file, and promises what the run then does', async () => {
  const { added, removed } = world.nextListing({ seed: 5, share: 0.1 });
  const readState = async () => ({
    contracts: await world.tables.rows('contracts'),
    runs: await world.tables.rows('aggregation_runs'),
    types: await world.tables.rows('esi_type_cache'),
    // PostgreSQL writes to its own files when it is opened.
    files: Object.entries(await filesOf(world.dataDir)).filter(([path]) => !/pgdata/.test(path)),
  });
  const before = await readState();

  const dry = await world.run(['--dry-run']);

  expect(await readState()).toEqual(before);
  const real = await world.run();
  expect(real.summary.contracts).toEqual(dry.summary.contracts);
  expect(real.summary.contracts.inserted).toBe(added.length);
  expect(real.summary.contracts.closed + real.summary.contracts.expired).toBe(removed.length);
  await world.expectTruth();
  expect(contractsOf(world.universe)).toHaveLength(real.summary.contracts.listed);
});

test('migrate finds nothing to do where a run has been', async () => {
  const migrated = await world.command(['migrate']);
  const status = await world.command(['migrate', '--status']);

  expect([migrated.exitCode, status.exitCode]).toEqual([0, 0]);
});

test('of two runs at once on one data directory, one works and the other steps back', async () => {
  world.nextListing({ seed: 6, share: 0.1 });
  world.esi.resetRequests();
  world.esi.fault({ match: /public/, times: 1, answer: { kind: 'delay', ms: 3000 } });
  const first = world.spawnRun();
  await vi.waitUntil(() => world.esi.requests.length > 0, PATIENCE);

  const second = await world.run();

  expect(second.summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(world.read(await first.done).summary.exitCode).toBe(0);
  await world.expectTruth();
});

test('a run that was killed is completed by the next, at once', async () => {
  const { added } = world.nextListing({ seed: 7, share: 0.5 });
  expect(added.length).toBeGreaterThan(20);
  world.esi.resetRequests();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 200 } });
  const running = world.spawnRun([], { DB_BATCH_SIZE: '5', ESI_CONCURRENCY: '2' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 15, PATIENCE);
  running.kill('SIGKILL');
  await running.done;
  world.esi.clearFaults();

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

test('a data directory that cannot be made is told of, and nothing is done', async () => {
  const file = join(world.folder, 'file');
  await writeFile(file, '');
  world.esi.resetRequests();

  const { summary } = await world.run([], { DATA_DIR: join(file, 'data') });

  expect(summary).toMatchObject({ outcome: 'unavailable', exitCode: 69 });
  expect(summary.failures[0]?.message).toContain(file);
  expect(world.esi.requests).toEqual([]);
});
