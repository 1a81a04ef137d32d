import { expect } from 'vitest';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { contractsOf, itemsOfContract, pick, withItems } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

type Spoil = (row: EsiContract) => unknown;

const SPOILT_ROWS: readonly Spoil[] = [
  (row) => ({ ...row, price: 'cheap' }),
  (row) => ({ ...row, price: 1e25 }),
  (row) => ({ ...row, date_expired: 'soon' }),
  (row) => ({ ...row, date_issued: '2026-02-31T99:00:00Z' }),
  (row) => ({ contract_id: row.contract_id, type: row.type }),
  (row) => ({ ...row, type: null }),
  (row) => ({ ...row, issuer_id: -1 }),
  (row) => ({ ...row, title: { text: 'none' } }),
  (row) => ({ ...row, days_to_complete: 1e12 }),
];

const ROWS_WITHOUT_ID: readonly unknown[] = [
  null,
  'text',
  [],
  {},
  { contract_id: 'x' },
  { contract_id: 1.5 },
];

function spoilListing(world: World, spoil: (rows: EsiContract[]) => unknown[]): void {
  const transform = (body: unknown) => spoil(body as EsiContract[]);
  const match = new RegExp(`public/${THE_FORGE}\\b`);
  world.esi.fault({ match, answer: { kind: 'body', transform } });
}

/** The first rows, each broken in its own way, and rows that have no id at all. */
function withPoison(rows: EsiContract[]): unknown[] {
  const spoilt = rows.map((row, index) => SPOILT_ROWS[index]?.(row) ?? row);
  return [...ROWS_WITHOUT_ID, ...spoilt];
}

serverTest('broken rows of a listing cost nobody but themselves', async () => {
  const world = await startWorld();
  const ids = contractsOf(world.universe, THE_FORGE).map(({ contract_id: id }) => id);
  const broken = ids.slice(0, SPOILT_ROWS.length);
  spoilListing(world, withPoison);

  const { summary } = await world.run();

  await world.expectTruth({ except: broken });
  expect(await world.tables.rows('contracts', `contract_id IN (${broken})`)).toEqual([]);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, regions: { failed: 0 } });
  expect(summary.contracts.skipped).toBe(SPOILT_ROWS.length + ROWS_WITHOUT_ID.length);
  const named = summary.failures.flatMap(({ contractId }) => contractId ?? []);
  expect(new Set(named)).toEqual(new Set(broken));
});

serverTest('a stored contract whose row is broken now is kept as it is', async () => {
  const world = await startStoredWorld();
  const before = await world.tables.versions();
  world.nextListing();
  spoilListing(world, withPoison);

  const { summary } = await world.run();

  expect(await world.tables.versions()).toEqual(before);
  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, contracts: { closed: 0, expired: 0, updated: 0 } });
});

serverTest('a broken row that heals is stored by the next run', async () => {
  const world = await startWorld();
  spoilListing(world, withPoison);
  await world.run();
  world.esi.clearFaults();
  world.nextListing();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary.contracts).toMatchObject({ inserted: SPOILT_ROWS.length, skipped: 0 });
});

serverTest('what a database cannot hold in a title is taken out of it', async () => {
  const world = await startWorld();
  const contract = pick(contractsOf(world.universe, THE_FORGE));
  const title = 'a\0b\ud800c 🚀';
  spoilListing(world, ([first, ...rest]) => [{ ...first, title }, ...rest]);

  const { summary } = await world.run();

  contract.title = 'ab\ufffdc 🚀';
  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, contracts: { skipped: 0 } });
});

const SPOILT_ITEMS: readonly object[] = [
  { type_id: undefined },
  { type_id: 3e9 },
  { quantity: 'many' },
  { quantity: 1e25 },
  { is_included: undefined },
  { record_id: null },
];

serverTest(
  'a contract with a broken item row is skipped alone, and not taken for known',
  async () => {
    const world = await startWorld();
    const broken = withItems(contractsOf(world.universe)).slice(0, SPOILT_ITEMS.length);
    for (const [index, contract] of broken.entries()) {
      const transform = (body: unknown) => {
        const [first, ...rest] = body as object[];
        return [...rest, { ...first, ...SPOILT_ITEMS[index] }];
      };
      world.esi.fault({ match: itemsOfContract(contract), answer: { kind: 'body', transform } });
    }

    const { summary } = await world.run();

    const ids = broken.map(({ contract_id: id }) => id);
    await world.expectTruth({ except: ids });
    expect(summary).toMatchObject({
      outcome: 'complete',
      exitCode: 0,
      contracts: { skipped: ids.length, pending: ids.length },
    });
    expect(summary.failures.map(({ contractId }) => contractId).sort()).toEqual(ids.sort());
    for (const row of await world.tables.rows('contracts', `contract_id IN (${ids})`)) {
      expect(row).toMatchObject({ items_status: 'pending', is_ship_contract: false });
    }
    expect(await world.tables.rows('contract_items', `contract_id IN (${ids})`)).toEqual([]);
  },
);

serverTest('a record that ESI sends twice is one row', async () => {
  const world = await startWorld();
  const transform = (body: unknown) => [...(body as unknown[]), ...(body as unknown[])];
  world.esi.fault({ match: /public\/items\//, answer: { kind: 'body', transform } });

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, failureCount: 0 });
});
