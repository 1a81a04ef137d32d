import { expect, vi } from 'vitest';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
/** Some are stored before the run is stopped, and many are not. */
const MANY = { contracts: 150 };
const SMALL_STEPS = { DB_BATCH_SIZE: '20', ESI_CONCURRENCY: '4', REGION_CONCURRENCY: '1' };

/** A run of which a part of the contracts is stored, with much left to do. */
async function startSlowRun(env: Record<string, string> = {}) {
  const world = await startWorld(MANY);
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 100 } });
  const running = world.spawnRun([], { ...SMALL_STEPS, ...env });
  await vi.waitUntil(() => hasStoredSome(world), PATIENCE);
  return { world, running };
}

async function hasStoredSome({ tables }: World): Promise<boolean> {
  if (!(await tables.names()).includes('contract_items')) return false;
  return (await tables.rows('contracts', `items_status = 'fetched'`)).length > 0;
}

/** Readers never see a contract as fetched without its items. */
async function expectNothingTorn({ tables, universe }: World): Promise<void> {
  const stored = await tables.readAll('contracts', 'contract_items');
  const fetched = stored.contracts.filter((row) => row['items_status'] === 'fetched');
  expect(fetched.length).toBeGreaterThan(0);
  expect(stored.contracts.length).toBeLessThan(MANY.contracts);
  for (const { contract_id: id } of fetched) {
    const items = stored.contract_items.filter((row) => row['contract_id'] === id);
    expect(items).toHaveLength(universe.items.get(Number(id))?.length ?? 0);
  }
}

serverTest.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s ends a run in order, and the next one completes it', async (signal, exitCode) => {
  const { world, running } = await startSlowRun();

  running.kill(signal);
  const { summary, log } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'interrupted', exitCode });
  const stopping = { level: 'warn', signal, msg: 'stopping: finishing what is in hand' };
  expect(log.filter((line) => line['signal'] !== undefined)).toMatchObject([stopping]);
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
  await expectNothingTorn(world);
  expect(await world.tables.rows('aggregation_runs')).toMatchObject([
    { run_id: summary.runId, outcome: 'interrupted', exit_code: exitCode },
  ]);
  world.esi.clearFaults();
  const next = await world.run();
  expect(next.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

serverTest('a signal ends a run that waits for an answer, at once', async () => {
  const world = await startWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'hang' } });
  const running = world.startRun([], { ESI_TIMEOUT_MS: '600000' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);
  const fromMs = performance.now();

  running.kill('SIGTERM');
  const { summary } = world.read(await running.done);

  expect(performance.now() - fromMs).toBeLessThan(15_000);
  expect(summary).toMatchObject({ outcome: 'interrupted', exitCode: 143 });
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
});

serverTest('a run that was killed is completed by the next, once its lock has died', async () => {
  const { world, running } = await startSlowRun({ LOCK_TTL_SECONDS: '2' });

  running.kill('SIGKILL');
  await running.done;

  await expectNothingTorn(world);
  const client = await world.redis.client();
  await vi.waitUntil(async () => (await client.exists(world.redis.lockKey)) === 0, PATIENCE);
  world.esi.clearFaults();
  world.esi.resetRequests();
  const next = await world.run();
  expect(next.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
  const runs = await world.tables.rows('aggregation_runs', 'finished_at IS NULL');
  expect(runs).toEqual([]);
});

serverTest('what a stopped run has stored is not asked for again', async () => {
  const { world, running } = await startSlowRun();
  running.kill('SIGTERM');
  await running.done;
  const fetched = await world.tables.rows('contracts', `items_status = 'fetched'`);
  world.esi.clearFaults();
  world.esi.resetRequests();

  await world.run();

  const asked = new Set(world.esi.requestsTo('items').map(({ path }) => path));
  const again = fetched.filter((row) =>
    asked.has(`/contracts/public/items/${row['contract_id']}?page=1`),
  );
  expect(again).toEqual([]);
});

serverTest('a time limit ends the run as partial, with what remains counted', async () => {
  const world = await startWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 300 } });

  const { summary } = await world.run(['--time-limit', '1s'], SMALL_STEPS);

  expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
  const pending = await world.tables.rows('contracts', `items_status = 'pending'`);
  expect(summary.contracts.pending).toBe(pending.length);
  expect(world.esi.requestsTo('items').length).toBeLessThan(50);
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
  world.esi.clearFaults();
  const next = await world.run(['--time-limit', '10m']);
  expect(next.summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});
