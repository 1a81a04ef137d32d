import { expect } from 'vitest';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import { contractsOf } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

/** A type that a contract has at first, and the one that it turns into. */
const TURNS: readonly (readonly [from: string, to: string])[] = [
  ['courier', 'item_exchange'],
  ['unknown', 'item_exchange'],
  ['unknown', 'auction'],
  ['item_exchange', 'auction'],
  ['auction', 'item_exchange'],
  ['item_exchange', 'loan'],
];

interface Turn {
  readonly contract: EsiContract;
  readonly from: string;
  readonly to: string;
}

function listAs({ esi }: World, turns: readonly Turn[], which: 'from' | 'to'): void {
  for (const { contract, ...types } of turns) contract.type = types[which];
  esi.roll();
}

async function storedOf({ tables }: World, { contract }: Turn) {
  const [row] = await tables.rows('contracts', `contract_id = ${contract.contract_id}`);
  return row;
}

serverTest('contracts that turn from one type into another are looked at anew', async () => {
  const world = await startWorld({ contracts: 200 });
  const ships = contractsOf(world.universe, THE_FORGE).filter(
    ({ type, contract_id: id }) =>
      type === 'item_exchange' && world.universe.kinds.get(id) === 'single_ship',
  );
  const turns = TURNS.flatMap(([from, to], index) => {
    const contract = ships[index];
    return contract === undefined ? [] : [{ contract, from, to }];
  });
  expect(turns).toHaveLength(TURNS.length);
  listAs(world, turns, 'from');
  await world.run();
  world.forward(31);
  listAs(world, turns, 'to');

  await world.run();
  for (const turn of turns) {
    const notKnown = { type: turn.to, items_status: 'pending', is_ship_contract: false };
    expect(await storedOf(world, turn)).toMatchObject(notKnown);
  }
  await world.run();

  for (const turn of turns) {
    const { to, contract } = turn;
    expect(await storedOf(world, turn)).toMatchObject({
      type: to,
      items_status: to === 'loan' ? 'none' : 'fetched',
      is_ship_contract: to === 'item_exchange',
      ship_reason: to === 'item_exchange' ? 'single_ship' : 'not_item_exchange',
      date_expired: expect.stringContaining(contract.date_expired.slice(0, 19)),
    });
  }
  await world.expectTruth({ except: turns.map(({ contract }) => contract.contract_id) });
});
