import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createRandom, type Random } from '../../fixtures/local-esi/random.ts';
import { serverTest, startWorld, type World } from '../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 5 };
const KILLS = 6;
const SEED = 20_261_123;
/** Six times this is less than the half that a listing may lack before it is doubted. */
const SHARE = 0.07;
/** Small batches, so that a kill finds some contracts stored and others not. */
const SMALL_STEPS = { DB_BATCH_SIZE: '15', ESI_CONCURRENCY: '4', LOCK_TTL_SECONDS: '1' };

/** Starts a run and kills it at a moment of the seed: after so many requests, and some time. */
async function killRun(world: World, random: Random): Promise<void> {
  world.esi.resetRequests();
  const running = world.startRun([], SMALL_STEPS);
  let hasEnded = false;
  void running.done.then(() => {
    hasEnded = true;
  });
  const requests = random.int(0, 14);
  await vi.waitUntil(() => hasEnded || world.esi.requests.length >= requests, PATIENCE);
  await delay(random.int(0, 120));
  running.kill('SIGKILL');
  await running.done;
}

/** What readers may rely on at any moment. */
async function expectNothingTorn({ tables, universe }: World): Promise<void> {
  const { contracts, contract_items } = await tables.readAll('contracts', 'contract_items');
  for (const { contract_id: id, items_status: status } of contracts) {
    const expected = universe.items.get(Number(id));
    if (expected === undefined) continue;
    const stored = contract_items.filter((row) => row['contract_id'] === id);
    expect([0, expected.length]).toContain(stored.length);
    if (status === 'fetched') expect(stored).toHaveLength(expected.length);
  }
}

/** Runs that are killed while contracts come and go, then one that is not. */
async function surviveKills(world: World, seed: number): Promise<void> {
  const random = createRandom(seed);
  await world.run();
  await world.expectTruth();
  const removed: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    removed.push(...world.nextListing({ seed: seed + kill, share: SHARE }).removed);
    await killRun(world, random);
    await expectNothingTorn(world);
  }

  const finish = () => world.run([], SMALL_STEPS);
  const last = await vi.waitUntil(async () => {
    const { summary } = await finish();
    return summary.outcome === 'locked' ? undefined : summary;
  }, PATIENCE);

  expect(last).toMatchObject({ outcome: 'complete', exitCode: 0 });
  // What came and went between two kills may be stored or not.
  await world.expectTruth({ except: removed });
  const gone = await world.tables.rows('contracts', `status = 'outstanding'`);
  const listed = new Set(gone.map((row) => Number(row['contract_id'])));
  expect(removed.filter((contractId) => listed.has(contractId))).toEqual([]);
  expect(await world.tables.rows('aggregation_runs', 'finished_at IS NULL')).toEqual([]);
}

serverTest(`runs that are killed, on servers (seed ${SEED}), leave nothing torn`, async () => {
  await surviveKills(await startWorld({ contracts: 120 }), SEED);
});

test(`runs that are killed, embedded (seed ${SEED}), leave nothing torn`, async () => {
  await surviveKills(await startWorld({ contracts: 120, embedded: true }), SEED);
});
