import { expect, vi } from 'vitest';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import { ANY_ITEMS, contractsOf, pick, takeAway } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const HANG = { match: ANY_ITEMS, answer: { kind: 'hang' } } as const;

const WRONG_CLOCKS = [
  { clock: 'an hour ahead', errorMs: HOUR_MS },
  { clock: 'an hour behind', errorMs: -HOUR_MS },
];

function startSmallWorld(errorMs: number): Promise<World> {
  return startWorld({ contracts: 30, regionIds: [THE_FORGE] }).then((world) => {
    world.hostClock.errorMs = errorMs;
    return world;
  });
}

/** Two contracts that will end half an hour before and half an hour after the next listing. */
function endAroundNextListing(world: World) {
  const exchanges = contractsOf(world.universe).filter(({ type }) => type === 'item_exchange');
  const [before, after] = [1, 61].map((minutes) => {
    const contract = pick(exchanges, (one) => !isMarked(one));
    contract.date_expired = isoSeconds(world.now().getTime() + minutes * MINUTE_MS);
    contract.title = 'ends soon';
    return contract;
  });
  return { before, after };
}

function isMarked({ title }: EsiContract): boolean {
  return title === 'ends soon';
}

function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, '');
}

async function statusOf(world: World, contract: EsiContract | undefined): Promise<unknown> {
  const [row] = await world.tables.rows('contracts', `contract_id = ${contract?.contract_id}`);
  return row?.['status'];
}

serverTest.each(WRONG_CLOCKS)(
  "on a machine whose clock is $clock, ESI's decides what has expired, and what is asked for",
  async ({ errorMs }) => {
    const world = await startSmallWorld(errorMs);
    const { before, after } = endAroundNextListing(world);
    world.esi.roll();
    const first = await world.run();
    await world.expectTruth();
    const again = await world.run();
    takeAway(world.universe, THE_FORGE, isMarked);
    world.nextListing();
    const third = await world.run();

    expect([first, again, third].map(({ summary }) => summary.exitCode)).toEqual([0, 0, 0]);
    expect(again.summary.esi).toMatchObject({ requests: 0 });
    expect(third.summary.contracts).toMatchObject({ closed: 1, expired: 1 });
    expect(await statusOf(world, before)).toBe('expired');
    expect(await statusOf(world, after)).toBe('closed');
    await world.expectTruth();
    const warning = { level: 'warn', aheadSeconds: expect.closeTo(errorMs / 1000, -2) };
    expect(first.log).toContainEqual(expect.objectContaining(warning));
  },
);

serverTest(
  "what expired is decided by ESI's clock where a listing comes from the cache",
  async () => {
    const world = await startSmallWorld(HOUR_MS);
    const { before, after } = endAroundNextListing(world);
    world.esi.roll();
    await world.run();
    await world.expectTruth();
    takeAway(world.universe, THE_FORGE, isMarked);
    world.nextListing({ seed: 3, share: 0.2 });
    world.esi.resetRequests();
    world.esi.fault(HANG);
    const killed = world.spawnRun();
    await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);
    killed.kill('SIGKILL');
    await killed.done;
    world.esi.clearFaults();
    world.esi.resetRequests();
    await (await world.redis.client()).del(world.redis.lockKey);

    const { summary } = await world.run();

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    expect(world.esi.requestsTo('listing')).toEqual([]);
    expect(await statusOf(world, before)).toBe('expired');
    expect(await statusOf(world, after)).toBe('closed');
    await world.expectTruth();
  },
);

serverTest.each([
  { jump: 'an hour forward', jumpMs: HOUR_MS },
  { jump: 'an hour back', jumpMs: -HOUR_MS },
])('a clock that jumps $jump while a run is at work does no harm', async ({ jumpMs }) => {
  const world = await startSmallWorld(0);
  world.hostClock.jumpMs = jumpMs;
  world.esi.fault(HANG);
  const running = world.startRun([], { LOCK_TTL_SECONDS: '5', ESI_TIMEOUT_MS: '1000' });
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, PATIENCE);

  running.kill('SIGUSR2');
  world.esi.clearFaults();
  const { summary, log } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  expect(log.map(({ msg }) => msg)).toContain('lock released');
  const walked = Date.parse(summary.finishedAt) - Date.parse(summary.startedAt);
  expect(walked - summary.durationMs).toBeCloseTo(jumpMs, -3);
  expect(summary.durationMs).toBeGreaterThan(0);
  await world.expectTruth();
});

serverTest(
  'a clock that was a year ahead once holds nothing up, and nobody is told lies',
  async () => {
    const world = await startSmallWorld(YEAR_MS);
    await world.run();
    await world.expectTruth();
    world.hostClock.errorMs = 0;
    const { added } = world.nextListing({ seed: 4, share: 0.2 });
    const isFresh = async () =>
      (await world.command(['status', '--max-age', '45m'])).exitCode === 0;
    expect(await isFresh()).toBe(false);

    const { summary } = await world.run();

    expect(summary).toMatchObject({ exitCode: 0, contracts: { inserted: added.length } });
    await world.expectTruth();
    expect(await isFresh()).toBe(true);
  },
);
