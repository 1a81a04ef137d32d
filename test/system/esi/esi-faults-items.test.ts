import { expect } from 'vitest';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import { batchesOf, type Case } from '../../support/esi-faulted-world.ts';
import {
  A_FAULT_OF_EACH_KIND,
  ESI_FAULTS,
  type EsiFault,
  HANGING_FAULTS,
} from '../../support/esi-faults.ts';
import {
  ANY_ITEMS,
  contractsOf,
  itemsOf,
  itemsOfContract,
  withItems,
} from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

const MAX_ATTEMPTS = 4;

interface RouteCase extends Case {
  readonly route: 'items' | 'type';
}

/** A fault at its place in the world, and the contracts that wait because of it. */
interface PlacedCase extends RouteCase {
  readonly match: RegExp;
  readonly waiting: readonly number[];
}

function caseOf(fault: EsiFault, route: RouteCase['route']): RouteCase {
  const worth = route === 'items' ? fault.worth.items : fault.worth.static;
  return { fault, route, isRefused: worth === 'refused', target: `${route}: ${fault.name}` };
}

/** Contracts and types that no other case of the batch has anything to do with. */
class Places {
  readonly #world: World;
  readonly #used = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  find({ route }: RouteCase): Pick<PlacedCase, 'match' | 'waiting'> {
    return route === 'items' ? this.#contract() : this.#type();
  }

  #contract() {
    const { universe } = this.#world;
    const contract = withItems(contractsOf(universe)).find((each) => !this.#isUsed(each));
    if (contract === undefined) throw new Error('too few contracts');
    this.#use([contract]);
    return { match: itemsOfContract(contract), waiting: [contract.contract_id] };
  }

  #type() {
    const { universe } = this.#world;
    for (const typeId of universe.types.keys()) {
      const holders = withItems(contractsOf(universe)).filter((contract) =>
        itemsOf(universe, contract).some((item) => item.type_id === typeId),
      );
      if (holders.length === 0 || holders.some((each) => this.#isUsed(each))) continue;
      this.#use(holders);
      const waiting = holders.map(({ contract_id: id }) => id);
      return { match: new RegExp(`/universe/types/${typeId}$`), waiting };
    }
    throw new Error('too few types');
  }

  #isUsed({ contract_id: id }: EsiContract): boolean {
    return this.#used.has(id);
  }

  #use(contracts: readonly EsiContract[]): void {
    for (const { contract_id: id } of contracts) this.#used.add(id);
  }
}

function orderFaults(world: World, batch: readonly RouteCase[]): PlacedCase[] {
  const places = new Places(world);
  // Types first: most of them are held by several contracts.
  const cases = batch.toSorted((one, other) => other.route.localeCompare(one.route));
  const placed = cases.map((one) => ({ ...one, ...places.find(one) }));
  for (const { match, fault } of placed) world.esi.fault({ match, answer: fault.answer });
  return placed;
}

/** Pending, without items unless only a type is missing, and nothing said of ships. */
async function expectWaiting(world: World, cases: readonly PlacedCase[]): Promise<void> {
  const ids = cases.flatMap(({ waiting }) => waiting);
  const pending = await world.tables.rows('contracts', `items_status = 'pending'`);
  expect(pending.map((row) => Number(row['contract_id'])).sort()).toEqual(ids.sort());
  for (const row of pending) {
    expect(row).toMatchObject({
      ship_reason: null,
      is_ship_contract: false,
      items_attempts: expect.any(Number),
    });
  }
  const withoutItems = cases
    .filter(({ route }) => route === 'items')
    .flatMap(({ waiting }) => waiting);
  expect(await world.tables.rows('contract_items', `contract_id IN (${withoutItems})`)).toEqual([]);
}

async function expectRightOrWaiting(world: World, batch: readonly RouteCase[], env = {}) {
  const placed = orderFaults(world, batch);
  const refused = placed.filter(({ isRefused }) => isRefused);

  const { summary } = await world.run([], env);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, regions: { failed: 0 } });
  expect(summary.failureCount).toBe(refused.length);
  await expectWaiting(world, refused);
  await world.expectTruth({ except: refused.flatMap(({ waiting }) => waiting) });
  for (const { match, target } of placed) {
    const asked = world.esi.requests.filter(({ path }) => match.test(path)).length;
    expect({ target, tooMany: asked > MAX_ATTEMPTS }).toEqual({ target, tooMany: false });
  }
  expect(world.esi.requestsTo('none')).toEqual([]);

  world.esi.clearFaults();
  expect((await world.run()).summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  await world.expectTruth();
}

const AT_ONCE = ESI_FAULTS.filter(({ pauses }) => !pauses);
const BATCHES = batchesOf([
  ...AT_ONCE.map((fault) => caseOf(fault, 'items')),
  ...A_FAULT_OF_EACH_KIND.map((fault) => caseOf(fault, 'type')),
]);

serverTest.each(BATCHES.map((batch, index) => ({ batch, number: index + 1 })))(
  'faulty items and types are as good as right ones, or leave their contracts to the next run: batch $number',
  async ({ batch }) => {
    await expectRightOrWaiting(await startWorld({ contracts: 250 }), batch);
  },
);

serverTest('an answer that forbids requests costs its contract one run at most', async () => {
  const faults = ESI_FAULTS.filter(({ pauses, worth }) => pauses && worth.items === 'refused');

  await expectRightOrWaiting(
    await startWorld(),
    faults.map((fault) => caseOf(fault, 'items')),
  );
});

serverTest('an answer that does not end leaves its contract to the next run', async () => {
  const cases = HANGING_FAULTS.map((fault) => caseOf(fault, 'items'));

  await expectRightOrWaiting(await startWorld(), cases, { ESI_TIMEOUT_MS: '2000' });
});

serverTest('an ESI that only sends HTML is soon asked no more, and nothing is false', async () => {
  const world = await startWorld({ contracts: 250 });
  const html = ESI_FAULTS.find(({ name }) => name === 'a page of HTML with status 200');
  if (html === undefined) throw new Error('no such fault');
  world.esi.fault({ match: ANY_ITEMS, skip: 100, answer: html.answer });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
  // A good half of the 100 right ones and the four attempts that each of the others would be.
  expect(world.esi.requestsTo('items').length).toBeLessThan(400);
  expect(await world.tables.rows('contracts', `items_status = 'unavailable'`)).toEqual([]);
  world.esi.clearFaults();
  expect((await world.run()).summary.exitCode).toBe(0);
  await world.expectTruth();
});
