import { expect } from 'vitest';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';
import { contractsOf, itemsOfContract, pick, withItems } from '../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../support/run-world.ts';

function anExchange({ universe }: World): EsiContract {
  return pick(contractsOf(universe), ({ type }) => type === 'item_exchange');
}

async function stored(world: World, { contract_id: id }: EsiContract) {
  const [row] = await world.tables.rows('contracts', `contract_id = ${id}`);
  return row;
}

function countAsked(world: World, contract: EsiContract): number {
  const pattern = itemsOfContract(contract);
  return world.esi.requests.filter(({ path }) => pattern.test(path)).length;
}

serverTest(
  'a taken contract (204, 403, 404) is no error, nor asked for before Expires',
  async () => {
    const world = await startWorld();
    const headers = { Expires: new Date(world.now().getTime() + 3_600_000).toUTCString() };
    const taken = withItems(contractsOf(world.universe)).slice(0, 3);
    for (const [index, contract] of taken.entries()) {
      const status = [204, 403, 404][index] ?? 0;
      const match = itemsOfContract(contract);
      world.esi.fault({ match, answer: { kind: 'status', status, headers } });
    }

    const first = await world.run();
    world.nextListing();
    const second = await world.run();

    const ids = taken.map(({ contract_id: id }) => id);
    await world.expectTruth({ except: ids });
    for (const row of await world.tables.rows('contracts', `contract_id IN (${ids})`)) {
      expect(row).toMatchObject({
        status: 'outstanding',
        items_status: 'unavailable',
        ship_reason: null,
      });
    }
    expect(taken.map((contract) => countAsked(world, contract))).toEqual([1, 1, 1]);
    expect(first.summary).toMatchObject({
      outcome: 'complete',
      exitCode: 0,
      contracts: { unavailable: 3, pending: 0, skipped: 0 },
      failureCount: 0,
    });
    expect(second.summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  },
);

serverTest('a contract that was unavailable is asked for again after Expires', async () => {
  const world = await startWorld();
  const contract = anExchange(world);
  const answer = { kind: 'status', status: 403 } as const;
  world.esi.fault({ match: itemsOfContract(contract), answer });
  await world.run();
  world.esi.clearFaults();
  world.nextListing();
  world.nextListing();

  await world.run();

  await world.expectTruth();
});

serverTest('a contract without item rows stays pending, and is asked for three times', async () => {
  const world = await startWorld();
  const contract = anExchange(world);
  const match = itemsOfContract(contract);
  world.esi.fault({ match, answer: { kind: 'body', transform: () => [] } });

  for (const turn of [1, 2, 3, 4]) {
    const { summary } = await world.run();
    expect(summary.exitCode).toBe(0);
    expect(countAsked(world, contract)).toBe(Math.min(turn, 3));
  }

  expect(await stored(world, contract)).toMatchObject({
    items_status: 'pending',
    ship_reason: null,
    is_ship_contract: false,
  });
  await world.expectTruth({ except: [contract.contract_id] });
});

serverTest('an item list that was empty at first is stored when it comes', async () => {
  const world = await startWorld();
  const match = itemsOfContract(anExchange(world));
  world.esi.fault({ match, times: 1, answer: { kind: 'body', transform: () => [] } });
  const first = await world.run();

  const second = await world.run();

  expect(first.summary.contracts).toMatchObject({ pending: 1 });
  expect(second.summary.contracts).toMatchObject({ pending: 0 });
  await world.expectTruth();
});

serverTest('items that fail for good leave their contract to the next run', async () => {
  const world = await startWorld();
  const contract = anExchange(world);
  const { contract_id: contractId } = contract;
  const answer = { kind: 'status', status: 504 } as const;
  world.esi.fault({ match: itemsOfContract(contract), answer });

  const { summary } = await world.run();

  expect(summary).toMatchObject({
    exitCode: 0,
    contracts: { pending: 1 },
    failures: [{ contractId, message: expect.stringContaining('504') }],
  });
  expect(countAsked(world, contract)).toBeLessThan(6);
  await world.expectTruth({ except: [contractId] });
  world.esi.clearFaults();
  await world.run();
  await world.expectTruth();
});

serverTest('a contract of several pages of which one fails is not stored as whole', async () => {
  const world = await startWorld({ esi: { pageSize: 5 } });
  const contract = pick(
    contractsOf(world.universe),
    ({ contract_id: id }) => (world.universe.items.get(id)?.length ?? 0) > 10,
  );
  const match = new RegExp(`${itemsOfContract(contract).source}\\?page=2`);
  world.esi.fault({ match, answer: { kind: 'status', status: 502 } });

  await world.run();

  const { contract_id: contractId } = contract;
  expect(await stored(world, contract)).toMatchObject({ items_status: 'pending' });
  expect(await world.tables.rows('contract_items', `contract_id = ${contractId}`)).toEqual([]);
  world.esi.clearFaults();
  await world.run();
  await world.expectTruth();
});

serverTest('a contract that has gone is not asked for any more', async () => {
  const world = await startWorld();
  const contract = anExchange(world);
  const match = itemsOfContract(contract);
  world.esi.fault({ match, answer: { kind: 'body', transform: () => [] } });
  await world.run();
  for (const [regionId, rows] of world.universe.contracts) {
    const rest = rows.filter((each) => each !== contract);
    world.universe.contracts.set(regionId, rest);
  }
  world.nextListing();

  await world.run([], { OUTCOME_PROBES: '0' });

  expect(countAsked(world, contract)).toBe(1);
  expect(await stored(world, contract)).toMatchObject({
    status: 'closed',
    items_status: 'pending',
  });
});

serverTest('an answer that never comes is given up in time, and asked for again', async () => {
  const world = await startWorld();
  world.esi.fault({ match: /public\/items\//, skip: 5, times: 3, answer: { kind: 'hang' } });

  const { summary } = await world.run([], { ESI_TIMEOUT_MS: '1500' });

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  expect(summary.esi.retries).toBeGreaterThanOrEqual(3);
});

serverTest('a hiccup of ESI is tried again within the run', async () => {
  const world = await startWorld();
  const hiccups = [
    { kind: 'status', status: 502 },
    { kind: 'reset' },
    { kind: 'truncate' },
    { kind: 'raw', status: 200, headers: { 'Content-Type': 'text/html' }, text: '<p>sorry</p>' },
  ] as const;
  for (const [index, answer] of hiccups.entries()) {
    world.esi.fault({ match: /public\/items\//, skip: 10 * index, times: 2, answer });
  }

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  expect(summary.esi.retries).toBe(2 * hiccups.length);
});
