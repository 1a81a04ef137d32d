import { expect } from 'vitest';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';
import { contractsOf, takeAway } from '../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const HOUR_MS = 3_600_000;

/** The auctions of The Forge, made to end so many hours from now. */
function auctionsEnding(world: World, ...hours: readonly number[]): EsiContract[] {
  const rows = contractsOf(world.universe, THE_FORGE);
  return hours.map((hoursLeft, index) => {
    const auction = rows[index];
    if (auction === undefined) throw new Error('too few contracts');
    const end = new Date(world.now().getTime() + hoursLeft * HOUR_MS);
    Object.assign(auction, {
      type: 'auction',
      price: 5,
      buyout: 0,
      date_expired: end.toISOString(),
    });
    return auction;
  });
}

function bid(world: World, { contract_id: id }: EsiContract, ...amounts: readonly number[]): void {
  const bids = world.universe.bids.get(id) ?? [];
  const added = amounts.map((amount, index) => ({
    bid_id: id * 100 + bids.length + index,
    amount,
    date_bid: world.now().toISOString(),
  }));
  world.universe.bids.set(id, [...bids, ...added]);
}

function askedOf(world: World): number[] {
  return world.esi.requestsTo('bids').map(({ path }) => Number(/bids\/(\d+)/.exec(path)?.[1]));
}

async function world200(): Promise<World> {
  const world = await startWorld({ contracts: 200, regionIds: [THE_FORGE] });
  for (const row of contractsOf(world.universe))
    if (row.type === 'auction') row.type = 'item_exchange';
  return world;
}

serverTest('bids are read at first sight, and before an auction ends', async () => {
  const world = await world200();
  const [soon, late] = auctionsEnding(world, 2.5, 48);
  if (soon === undefined || late === undefined) throw new Error('too few auctions');
  bid(world, soon, 10, 12.5);
  world.esi.roll();

  const first = await world.run();
  const atFirst = askedOf(world);
  bid(world, soon, 20);
  bid(world, late, 7);
  world.nextListing();
  world.esi.resetRequests();
  const second = await world.run();

  expect(atFirst.sort()).toEqual([soon.contract_id, late.contract_id].sort());
  expect(first.summary.bids).toEqual({ auctions: 2, inserted: 2 });
  expect(askedOf(world)).toEqual([soon.contract_id]);
  expect(second.summary.bids).toEqual({ auctions: 1, inserted: 1 });
  const rows = await world.tables.rows('contract_bids');
  expect(rows.map((row) => row['amount']).sort()).toEqual([10, 12.5, 20]);
});

serverTest('what did not change is not sent again, nor written', async () => {
  const world = await world200();
  const [auction] = auctionsEnding(world, 48);
  if (auction === undefined) throw new Error('no auction');
  bid(world, auction, 10);
  world.esi.roll();
  await world.run([], { AUCTION_BIDS: 'all' });
  world.nextListing();
  world.esi.resetRequests();

  const { summary } = await world.run([], { AUCTION_BIDS: 'all' });

  expect(world.esi.requestsTo('bids').map(({ status }) => status)).toEqual([304]);
  expect(summary.bids).toEqual({ auctions: 1, inserted: 0 });
  expect(await world.tables.rows('contract_bids')).toHaveLength(1);
});

serverTest('the last bid is what an auction went for at least', async () => {
  const world = await world200();
  const [sold, unsold, early] = auctionsEnding(world, 0.4, 0.4, 48);
  if (sold === undefined || unsold === undefined || early === undefined) throw new Error('too few');
  bid(world, sold, 10, 30);
  bid(world, early, 10);
  world.esi.roll();
  await world.run();
  world.forward(21);
  await world.run();
  takeAway(world.universe, THE_FORGE, (row) => [sold, unsold, early].includes(row));
  world.forward(90);
  world.esi.roll();

  await world.run();

  const outcomes = await world.tables.rows('contracts', `type = 'auction'`);
  expect(
    outcomes.map((row) => [row['contract_id'], row['outcome'], row['outcome_price']]).sort(),
  ).toEqual(
    [
      [sold.contract_id, 'sold_likely', 30],
      [unsold.contract_id, 'expired', null],
      [early.contract_id, 'buyout_or_withdrawn', null],
    ].sort(),
  );
});

serverTest('with `off` no bids are asked for', async () => {
  const world = await world200();
  auctionsEnding(world, 1, 2);
  world.esi.roll();
  const { summary } = await world.run([], { AUCTION_BIDS: 'off' });
  expect(askedOf(world)).toEqual([]);
  expect(summary.bids).toEqual({ auctions: 0, inserted: 0 });
});

serverTest(
  'bids that ESI fails to tell change nothing of the outcome; the next run asks',
  async () => {
    const world = await world200();
    auctionsEnding(world, 48);
    world.esi.roll();
    world.esi.fault({ match: /public\/bids\//, answer: { kind: 'status', status: 502 } });
    const { summary } = await world.run();
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, bids: { auctions: 0 } });
    world.esi.clearFaults();
    expect((await world.run()).summary.bids).toEqual({ auctions: 1, inserted: 0 });
  },
);
