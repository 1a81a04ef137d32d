import { expect } from 'vitest';
import { addContract } from '../../../fixtures/local-esi/contract-maker.ts';
import { createRandom } from '../../../fixtures/local-esi/random.ts';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { contractsOf, takeAway } from '../../support/run-universe.ts';
import { DOMAIN, serverTest, startWorld, THE_FORGE } from '../../support/run-world.ts';

const ONE_REGION = { regionIds: [THE_FORGE], contracts: 40, esi: { pageSize: 20 } };

serverTest('a contract on a page that was not there before is found', async () => {
  // Both pages are full, so ESI answers 304 to each, and a 304 does not tell the number of pages.
  const world = await startStoredWorld(ONE_REGION);
  const now = new Date(world.now().getTime() + 60_000);
  addContract(world.universe, createRandom(1), { regionId: THE_FORGE, issued: now, now });
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, contracts: { listed: 41, inserted: 1, closed: 0 } });
});

serverTest('a page that is not there any more costs its contracts alone', async () => {
  const world = await startStoredWorld(ONE_REGION);
  const all = contractsOf(world.universe, THE_FORGE);
  takeAway(world.universe, THE_FORGE, (contract) => all.indexOf(contract) >= 20);
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, contracts: { listed: 20, closed: 20 } });
});

serverTest('pages that shift under the same number of pages are read as they are', async () => {
  const world = await startStoredWorld(ONE_REGION);
  const [first] = contractsOf(world.universe, THE_FORGE);
  takeAway(world.universe, THE_FORGE, (contract) => contract === first);
  const now = new Date(world.now().getTime() + 60_000);
  addContract(world.universe, createRandom(1), { regionId: THE_FORGE, issued: now, now });
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary.contracts).toMatchObject({ listed: 40, inserted: 1, closed: 1, updated: 0 });
});

serverTest('a region without contracts is done, and is not asked for before Expires', async () => {
  const world = await startWorld();
  world.universe.contracts.set(DOMAIN, []);
  world.esi.roll();
  const first = await world.run();
  world.esi.resetRequests();

  const second = await world.run();

  await world.expectTruth();
  expect(first.summary).toMatchObject({ exitCode: 0, regions: { succeeded: 3, unchanged: 0 } });
  expect(second.summary).toMatchObject({ exitCode: 0, regions: { succeeded: 3, unchanged: 3 } });
  expect(world.esi.requests).toEqual([]);
});

serverTest('a region that empties closes its few contracts at once', async () => {
  const world = await startStoredWorld();
  const contracts = contractsOf(world.universe, DOMAIN).length;
  world.universe.contracts.set(DOMAIN, []);
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary.contracts).toMatchObject({ closed: contracts, expired: 0 });
});

serverTest('a listing that is cut off, and did not change, costs no row', async () => {
  const world = await startWorld({ ...ONE_REGION, contracts: 80, esi: { pageSize: 2 } });
  await world.run();
  const before = await world.tables.versions();
  world.nextListing();
  world.esi.resetRequests();

  const { summary } = await world.run();

  expect(world.esi.requests.map(({ status }) => status)).toEqual(Array(35).fill(304));
  expect(await world.tables.versions()).toEqual(before);
  expect(summary).toMatchObject({ exitCode: 0, regions: { unchanged: 1 } });
});
