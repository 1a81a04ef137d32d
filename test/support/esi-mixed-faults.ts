import { expect } from 'vitest';
import { createRandom } from '../../fixtures/local-esi/random.ts';
import { addNew } from './esi-faulted-world.ts';
import { ESI_FAULTS, HANGING_FAULTS } from './esi-faults.ts';
import { History } from './run-plausible.ts';
import { contractsOf } from './run-universe.ts';
import { openWorld, type World } from './run-world.ts';

const PAGE_ROWS = 20;
/** Items without X-Pages are whole unless their page is as full as those of the real ESI. */
const ESI = { pageSize: PAGE_ROWS, itemsPageSize: 1000 };
/** A test that orders a 420, or says that no errors are left, could not see one that is our fault. */
const FAULTS = [...ESI_FAULTS, ...HANGING_FAULTS].filter(
  ({ name }) => name !== 'status 420' && !name.includes('errors left'),
);
/** The faults of a listing are taken four times, and each of its pages is asked for four times. */
const MAX_REQUESTS_EACH = 16;

export interface MixedFaultsOptions {
  readonly seed: number;
  /** Part of the answers that are wrong, 0 to 1. */
  readonly share: number;
  readonly runs: number;
  readonly contracts: number;
}

/**
 * Several runs on an ESI of which a part of the answers is wrong, each in a way of its own, while
 * the listings change; then one without faults.
 */
export async function expectTruthAfterMixedFaults(options: MixedFaultsOptions): Promise<void> {
  const { seed, share, runs, contracts } = options;
  const { world, close } = await openWorld({ seed, contracts, esi: ESI });
  try {
    const history = new History(world.universe);
    orderFaults(world, seed, share);
    for (let run = 1; run <= runs; run += 1) {
      nextListing(world, seed + run);
      history.observe();
      await expectRunThatLies(world, history);
    }
    world.esi.clearFaults();
    nextListing(world, seed);
    const { summary } = await world.run();
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, failureCount: 0 });
    history.observe();
    await history.expectWholeTruth(world.tables, world.now());
  } finally {
    await close();
  }
}

function orderFaults({ esi }: World, seed: number, share: number): void {
  const random = createRandom(seed);
  const answer = () => (random.chance(share) ? random.pick(FAULTS).answer : undefined);
  esi.fault({ match: /./, answer });
}

/** No listing ends in a full page: what follows one could not be told from what is hidden. */
function nextListing(world: World, seed: number): void {
  world.nextListing({ seed, share: 0.1 });
  for (const regionId of world.universe.regions.keys()) {
    if (contractsOf(world.universe, regionId).length % PAGE_ROWS === 0) addNew(world, regionId);
  }
  world.esi.roll();
}

async function expectRunThatLies(world: World, history: History): Promise<void> {
  world.esi.resetRequests();
  const { summary } = await world.run([], { ESI_TIMEOUT_MS: '3000' });
  expect([0, 1]).toContain(summary.exitCode);
  expect(summary.exitCode).toBe(summary.regions.failed > 0 ? 1 : 0);
  await history.expectNothingFalse(world.tables, world.now());
  expect(await world.tables.rows('contracts', `items_status = 'unavailable'`)).toEqual([]);
  // The error limit was never reached, and no redirect followed.
  expect(world.esi.requests.filter(({ status }) => status === 420)).toEqual([]);
  expect(world.esi.requestsTo('none')).toEqual([]);
  expectFewRequests(world);
}

function expectFewRequests({ esi }: World): void {
  const asked = new Map<string, number>();
  for (const { path } of esi.requests) asked.set(path, (asked.get(path) ?? 0) + 1);
  const tooOften = [...asked].filter(([, count]) => count > MAX_REQUESTS_EACH);
  expect(tooOften).toEqual([]);
}
