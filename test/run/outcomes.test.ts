import { expect } from 'vitest';
import type { Afterlife, EsiContract } from '../../fixtures/local-esi/universe.ts';
import { contractsOf, itemsPath, pick, takeAway } from '../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const ACCEPTED: Afterlife = {
  status: 403,
  error: 'Contract accepted by player, requires authorization',
};
const DAY_MS = 86_400_000;

/** Exchanges that end long after the test. */
function exchangesOf(world: World): EsiContract[] {
  const endMs = world.now().getTime() + DAY_MS;
  return contractsOf(world.universe, THE_FORGE).filter(
    ({ type, date_expired: end }) => type === 'item_exchange' && Date.parse(end) > endMs,
  );
}

/** Takes contracts out of the listing; ESI tells so much of them. */
function end(world: World, contracts: readonly EsiContract[], afterlife?: Afterlife): void {
  takeAway(world.universe, THE_FORGE, (contract) => contracts.includes(contract));
  for (const { contract_id: id } of contracts) {
    if (afterlife !== undefined) world.universe.afterlives.set(id, afterlife);
  }
}

async function storedOf(world: World, { contract_id: id }: EsiContract) {
  const [row] = await world.tables.rows('contracts', `contract_id = ${id}`);
  return row;
}

function askedOf(world: World): string[] {
  return world.esi.requestsTo('items').map(({ path }) => path);
}

/** A world whose contracts are stored, with ESI's listings half an hour later. */
async function storedWorld(env: Record<string, string> = {}): Promise<World> {
  const world = await startWorld({ contracts: 200 });
  await world.run([], env);
  world.esi.resetRequests();
  return world;
}

serverTest('ESI is asked what became of vanished contracts, and its word is kept', async () => {
  const world = await storedWorld();
  const [sold, gone] = exchangesOf(world);
  const courier = pick(contractsOf(world.universe, THE_FORGE), ({ type }) => type === 'courier');
  if (sold === undefined || gone === undefined) throw new Error('too few contracts');
  end(world, [sold], ACCEPTED);
  end(world, [gone, courier]);
  world.nextListing();

  const { summary } = await world.run();

  expect(await storedOf(world, sold)).toMatchObject({
    outcome: 'sold',
    outcome_confidence: 'high',
    outcome_price: sold.price ?? null,
    outcome_evidence: { rules: [2], probe: ACCEPTED },
  });
  expect(await storedOf(world, gone)).toMatchObject({
    outcome: 'sold_or_withdrawn',
    outcome_confidence: 'none',
    outcome_evidence: { rules: [11], probe: { status: 204, error: null } },
  });
  expect(await storedOf(world, courier)).toMatchObject({ outcome: 'taken_or_withdrawn' });
  expect(askedOf(world).sort()).toEqual([sold, gone].map(itemsPath).sort());
  expect(summary.outcomes).toMatchObject({ decided: 3, probed: 2, revised: 1 });
  world.nextListing();
  world.esi.resetRequests();
  await world.run();
  expect(askedOf(world)).toEqual([]);
});

serverTest(
  'an answer of its cache is asked for again after its Expires, twice at most',
  async () => {
    const world = await storedWorld();
    const [contract] = exchangesOf(world);
    if (contract === undefined) throw new Error('too few contracts');
    end(world, [contract], { status: 200 });
    const asked: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      world.esi.resetRequests();
      world.nextListing();
      await world.run();
      asked.push(askedOf(world).length);
    }
    expect(asked).toEqual([1, 1, 1, 0, 0]);
    expect(await storedOf(world, contract)).toMatchObject({ outcome: 'sold_or_withdrawn' });
  },
);

serverTest('an ESI in trouble is asked by the next run, for an hour', async () => {
  const world = await storedWorld();
  const [contract] = exchangesOf(world);
  if (contract === undefined) throw new Error('too few contracts');
  end(world, [contract], { status: 500, error: 'no' });
  const asked: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    world.esi.resetRequests();
    world.nextListing();
    const { summary } = await world.run();
    expect(summary).toMatchObject({ outcome: 'complete', esi: { retries: 0 } });
    asked.push(askedOf(world).length);
  }
  expect(asked).toEqual([1, 1, 0, 0]);
});

serverTest('without probes nothing is asked, and contract_sales says so', async () => {
  const world = await storedWorld();
  const clean = exchangesOf(world).filter(
    ({ price = 0, contract_id: id }) => price > 0 && world.universe.items.get(id)?.length === 1,
  );
  const [one, other] = clean;
  if (one === undefined || other === undefined) throw new Error('too few contracts');
  end(world, [one, other], ACCEPTED);
  world.nextListing();

  const { summary } = await world.run([], { OUTCOME_PROBES: '0' });

  expect(askedOf(world)).toEqual([]);
  expect(summary.outcomes).toMatchObject({ probed: 0, probingMs: 0 });
  const sales = await world.tables.view('contract_sales');
  const basis = 'sold or withdrawn: ESI was not asked, since OUTCOME_PROBES is 0';
  expect(sales).toHaveLength(2);
  for (const sale of sales) {
    expect(sale).toMatchObject({
      basis,
      certainty: 'unknown',
      paid: null,
      outcome_confidence: 'none',
    });
  }
});

serverTest('a run that is told to stop asks no more, and keeps what it has learned', async () => {
  const world = await storedWorld();
  const ended = exchangesOf(world).slice(0, 6);
  end(world, ended, ACCEPTED);
  world.nextListing();
  let asked = 0;
  const run = world.spawnRun();
  world.esi.fault({
    match: /public\/items\//,
    answer: () => {
      asked += 1;
      if (asked === 3) run.kill('SIGTERM');
      return asked >= 3 ? { kind: 'delay', ms: 300 } : undefined;
    },
  });

  const { summary } = world.read(await run.done);

  expect(summary.outcome).toBe('interrupted');
  const sold = await world.tables.rows('contracts', `outcome = 'sold'`);
  expect(sold.length).toBe(2);
  expect(askedOf(world).length).toBeLessThan(ended.length);
});
