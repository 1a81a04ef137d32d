import { expect } from 'vitest';
import { startStoredWorld } from '../support/run-stored-world.ts';
import { contractsOf, itemsPath, pick, takeAway, withItems } from '../support/run-universe.ts';
import { CONTRACTS, serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

serverTest(
  'a run over unchanged regions asks nothing before Expires, and rewrites nothing',
  async () => {
    const world = await startStoredWorld();
    const before = await world.tables.versions();
    world.esi.resetRequests();

    const { summary } = await world.run();

    expect(world.esi.requests).toEqual([]);
    expect(await world.tables.versions()).toEqual(before);
    await world.expectTruth();
    expect(summary).toMatchObject({
      outcome: 'complete',
      regions: { total: 3, succeeded: 3, unchanged: 3 },
      contracts: { listed: CONTRACTS, inserted: 0, updated: 0, closed: 0, expired: 0, reopened: 0 },
      esi: { requests: 0 },
    });
  },
);

serverTest(
  'a run over unchanged regions asks only for the listings after Expires, and is answered 304 throughout',
  async () => {
    const world = await startWorld({ esi: { pageSize: 37 } });
    const first = await world.run();
    const listingPages = world.esi.requestsTo('listing').length;
    const before = await world.tables.versions();
    world.nextListing();
    world.esi.resetRequests();
    const fromMs = world.now().getTime();

    const { summary } = await world.run();

    expect(world.esi.requests.map(({ kind, status }) => `${kind} ${status}`)).toEqual(
      Array.from({ length: listingPages }, () => 'listing 304'),
    );
    expect(await world.tables.versions()).toEqual(before);
    expect(summary).toMatchObject({
      regions: { unchanged: 3 },
      shipContracts: first.summary.shipContracts,
      esi: { requests: listingPages, cacheHits: listingPages, cacheMisses: 0 },
    });
    for (const row of await world.tables.rows('regions')) {
      expect(Date.parse(String(row['checked_at']))).toBeGreaterThanOrEqual(fromMs);
      expect(Date.parse(String(row['snapshot_last_modified']))).toBeGreaterThan(fromMs - 60_000);
    }
    await world.expectTruth();
  },
);

serverTest('a run asks for the items of new contracts only, and closes what has gone', async () => {
  const world = await startStoredWorld();
  const { added, removed } = world.nextListing({ seed: 5, share: 0.1 });
  world.esi.resetRequests();

  const { summary } = await world.run([], { OUTCOME_PROBES: '0' });

  await world.expectTruth();
  const arrived = withItems(contractsOf(world.universe)).filter(({ contract_id: id }) =>
    added.includes(id),
  );
  const asked = world.esi.requestsTo('items').map(({ path }) => path);
  expect(asked.sort()).toEqual(arrived.map(itemsPath).sort());
  const { inserted, closed, expired, updated, reopened } = summary.contracts;
  expect({ inserted, updated, reopened }).toEqual({
    inserted: added.length,
    updated: 0,
    reopened: 0,
  });
  expect(closed + expired).toBe(removed.length);
  expect(closed).toBeGreaterThan(0);
});

serverTest('a run tells an expired contract from one that was closed early', async () => {
  const world = await startWorld();
  const [soon, later] = contractsOf(world.universe, THE_FORGE);
  if (soon === undefined || later === undefined) throw new Error('too few contracts');
  soon.date_expired = new Date(world.now().getTime() + 20 * 60_000).toISOString();
  world.esi.roll();
  await world.run();
  await world.expectTruth();
  takeAway(world.universe, THE_FORGE, (each) => each === soon || each === later);
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary.contracts).toMatchObject({ expired: 1, closed: 1 });
});

serverTest('a run sets closed_at once', async () => {
  const world = await startStoredWorld();
  for (const seed of [1, 2, 3]) {
    world.nextListing({ seed, share: 0.1 });
    await world.run();
    await world.expectTruth();
  }
  expect((await world.tables.rows('contracts', 'closed_at IS NOT NULL')).length).toBeGreaterThan(8);
});

serverTest(
  'a run opens a contract again that comes back, and does not ask for its items',
  async () => {
    const world = await startWorld();
    const contract = pick(withItems(contractsOf(world.universe, THE_FORGE)));
    await world.run();
    await world.expectTruth();
    const putBack = takeAway(world.universe, THE_FORGE, (each) => each === contract);
    world.nextListing();
    await world.run();
    await world.expectTruth();
    putBack();
    world.nextListing();
    world.esi.resetRequests();

    const { summary } = await world.run();

    await world.expectTruth();
    expect(summary.contracts).toMatchObject({ reopened: 1, inserted: 0, updated: 0 });
    expect(world.esi.requestsTo('items')).toEqual([]);
  },
);

serverTest(
  'a run writes a changed price and keeps the flags, and leaves every other row alone',
  async () => {
    const world = await startStoredWorld();
    const before = await world.tables.versions();
    const [ship] = await world.tables.rows('contracts', 'is_ship_contract');
    const contract = pick(
      contractsOf(world.universe),
      (each) => each.contract_id === ship?.['contract_id'],
    );
    contract.price = 123_456_789.12;
    world.nextListing();

    const { summary } = await world.run();

    await world.expectTruth();
    const after = new Set(await world.tables.versions());
    const moved = before.filter((version) => !after.has(version));
    expect(moved).toEqual([expect.stringContaining(`contract ${contract.contract_id} `)]);
    expect(summary.contracts).toMatchObject({ updated: 1, inserted: 0, closed: 0 });
  },
);

serverTest(
  'a run keeps the first dates of an auction whose end drifts, and writes no row for it',
  async () => {
    const world = await startStoredWorld({ esi: { auctionDrift: true } });
    const auctions = await world.tables.rows('contracts', `type = 'auction'`);
    expect(auctions.length).toBeGreaterThan(2);
    const before = await world.tables.versions();
    world.forward(45);
    world.esi.roll();
    world.esi.resetRequests();

    const { summary } = await world.run();

    expect(world.esi.requests.some(({ status }) => status === 200)).toBe(true);
    expect(await world.tables.versions()).toEqual(before);
    expect(summary.contracts).toMatchObject({ updated: 0, inserted: 0, closed: 0 });
    await world.expectTruth({ except: auctions.map((row) => Number(row['contract_id'])) });
  },
);
