import { expect } from 'vitest';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { contractsOf, pick, takeAway, withItems } from '../../support/run-universe.ts';
import { DOMAIN, SINQ_LAISON, serverTest, THE_FORGE, type World } from '../../support/run-world.ts';

/** The Forge lists most and is looked at first, Domain last: each is once the old and once the new. */
const MOVES = [
  { from: THE_FORGE, to: DOMAIN, first: 'the old region' },
  { from: DOMAIN, to: THE_FORGE, first: 'the new region' },
] as const;
const ONE_BY_ONE = { REGION_CONCURRENCY: '1' };
const AT_ONCE = { REGION_CONCURRENCY: '4' };

/** Takes a contract out of one region's listing to come, and puts it into another's. */
function move({ universe }: World, from: number, to: number): number {
  const contract = pick(withItems(contractsOf(universe, from)));
  takeAway(universe, from, (other) => other === contract);
  universe.contracts.set(to, [...contractsOf(universe, to), contract]);
  return contract.contract_id;
}

async function placeOf({ tables }: World, contractId: number) {
  const [row] = await tables.rows('contracts', `contract_id = ${contractId}`);
  return { region: row?.['region_id'], status: row?.['status'] };
}

serverTest.each([
  { when: 'one region is read after the other', env: ONE_BY_ONE },
  { when: 'both are read at once', env: AT_ONCE },
])('contracts that moved to another region are outstanding there when $when', async ({ env }) => {
  const world = await startStoredWorld();
  const moved = MOVES.map(({ from, to }) => ({ contractId: move(world, from, to), to }));
  world.nextListing();

  const { summary } = await world.run([], env);

  for (const { contractId, to } of moved) {
    expect(await placeOf(world, contractId)).toEqual({ region: to, status: 'outstanding' });
  }
  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, items: { inserted: 0 } });
});

serverTest.each(MOVES)(
  'a contract that two regions list stays outstanding, also when the old one drops it, $first first',
  async ({ from, to }) => {
    const world = await startStoredWorld();
    const contractId = move(world, from, to);
    world.forward(31);
    world.esi.roll(to);

    // The old region still lists it: its listing has not changed, or is not read again.
    for (let run = 0; run < 2; run += 1) {
      await world.run([], ONE_BY_ONE);
      expect((await placeOf(world, contractId)).status).toBe('outstanding');
    }
    world.forward(31);
    world.esi.roll(from);
    await world.run([], ONE_BY_ONE);

    expect(await placeOf(world, contractId)).toEqual({ region: to, status: 'outstanding' });
    await world.expectTruth();
  },
);

serverTest(
  'a contract that no region lists for a while is closed, and outstanding again where it turns up',
  async () => {
    const world = await startStoredWorld();
    const contractId = move(world, THE_FORGE, DOMAIN);
    world.forward(31);
    world.esi.roll(THE_FORGE);

    await world.run();
    expect(await placeOf(world, contractId)).toEqual({ region: THE_FORGE, status: 'closed' });
    world.forward(31);
    world.esi.roll(DOMAIN);
    const { summary } = await world.run();

    expect(summary.contracts).toMatchObject({ reopened: 1, inserted: 0 });
    await world.expectTruth();
  },
);

serverTest.each([
  { failing: 'old', match: /public\/10000002\b/, except: THE_FORGE, place: DOMAIN },
  { failing: 'new', match: /public\/10000043\b/, except: DOMAIN, place: THE_FORGE },
])(
  'a contract that moved while the $failing region fails is right after the next run',
  async (one) => {
    const world = await startStoredWorld();
    const contractId = move(world, THE_FORGE, DOMAIN);
    world.nextListing();
    world.esi.fault({ match: one.match, answer: { kind: 'status', status: 503 } });

    const { summary } = await world.run();

    expect(summary).toMatchObject({ exitCode: 1, regions: { failed: 1 } });
    expect((await placeOf(world, contractId)).region).toBe(one.place);
    world.esi.clearFaults();
    expect((await world.run()).summary.exitCode).toBe(0);
    expect(await placeOf(world, contractId)).toEqual({ region: DOMAIN, status: 'outstanding' });
    await world.expectTruth();
  },
);

serverTest(
  'a contract that two regions list at first sight is stored once, with its items',
  async () => {
    const world = await startStoredWorld();
    const { added } = world.nextListing({ seed: 11, share: 0.5 });
    const contract = pick(
      withItems(contractsOf(world.universe, THE_FORGE)),
      ({ contract_id: id }) => added.includes(id),
    );
    const lists = [...contractsOf(world.universe, SINQ_LAISON), contract];
    world.universe.contracts.set(SINQ_LAISON, lists);
    world.esi.roll();

    const { summary } = await world.run([], AT_ONCE);

    expect(summary).toMatchObject({ exitCode: 0, failureCount: 0 });
    const [row] = await world.tables.rows('contracts', `contract_id = ${contract.contract_id}`);
    expect(row).toMatchObject({ status: 'outstanding', items_status: 'fetched' });
    const regionIds = [DOMAIN];
    await world.expectTruth({ regionIds });
  },
);
