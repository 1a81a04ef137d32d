import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  contractsWithItems,
  holdersAfter,
  insertItems,
  outstandingHoldersOf,
} from '../../../src/database/tables/contract-items.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { countRows, itemRow, newContract, SHIP } from './rows.ts';

const GILA = 17_715;
const ORCA = 28_606;
const LARGE_ID = 1_234_567_890_123;

function keepsItems(database: () => Database): void {
  test('items come back as they were stored, in the order of their records', async () => {
    await insertContracts(database(), [newContract({ ...SHIP, contractId: 1 })]);
    const full = itemRow({ recordId: 2 });
    const bare = itemRow({
      recordId: 1,
      isIncluded: false,
      isBlueprintCopy: false,
      itemId: null,
      runs: null,
      materialEfficiency: null,
      timeEfficiency: null,
    });
    expect(await insertItems(database(), [{ contractId: 1, items: [full, bare] }])).toBe(2);
    expect(await contractsWithItems(database(), [1])).toEqual([
      { contractId: 1, type: 'item_exchange', items: [bare, full] },
    ]);
  });

  test('items of several contracts are stored together, each with its own', async () => {
    const items = [itemRow({ recordId: 3 }), itemRow({ recordId: 1 })];
    const others = [itemRow({ recordId: 2, typeId: ORCA }), itemRow({ recordId: 3 })];
    await insertContracts(
      database(),
      [1, 2, 3].map((contractId) => newContract({ contractId })),
    );
    const contracts = [
      { contractId: 2, items },
      { contractId: 3, items: [] },
      { contractId: 1, items: others },
    ];
    expect(await insertItems(database(), contracts)).toBe(4);
    const stored = await contractsWithItems(database(), [1, 2, 3]);
    expect(new Map(stored.map((contract) => [contract.contractId, contract.items]))).toEqual(
      new Map([
        [1, others],
        [2, items.toReversed()],
        [3, []],
      ]),
    );
  });

  test('100,000 items of one contract are one statement', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    const items = Array.from({ length: 100_000 }, (_, recordId) => itemRow({ recordId }));
    const { statements } = database().counters;
    expect(await insertItems(database(), [{ contractId: 1, items }])).toBe(items.length);
    expect(database().counters.statements - statements).toBe(1);
    expect(await countRows(database(), 'contract_items')).toBe(items.length);
  });

  test('ids and quantities beyond 32 bits come back as they were', async () => {
    const contractId = LARGE_ID;
    const large = { recordId: 5_000_000_000, quantity: 9_000_000_000, itemId: 2 ** 53 - 1 };
    await insertContracts(database(), [newContract({ contractId })]);
    await insertItems(database(), [{ contractId, items: [itemRow(large)] }]);
    const [contract] = await contractsWithItems(database(), [contractId]);
    expect(contract?.contractId).toBe(contractId);
    expect(contract?.items[0]).toMatchObject(large);
  });

  test('items that are stored stay, and are not written again', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await insertItems(database(), [{ contractId: 1, items: [itemRow({ quantity: 1 })] }]);
    const items = [itemRow({ quantity: 2 }), itemRow({ recordId: 9 })];
    expect(await insertItems(database(), [{ contractId: 1, items }])).toBe(1);
    const [contract] = await contractsWithItems(database(), [1]);
    expect(contract?.items.map(({ recordId, quantity }) => [recordId, quantity])).toEqual([
      [9, 1],
      [4_000_000_001, 1],
    ]);
  });
}

function refusesItems(database: () => Database): void {
  test('a contract without items has none, and one that is not stored is left out', async () => {
    await insertContracts(database(), [newContract({ contractId: 1, type: 'auction' })]);
    expect(await contractsWithItems(database(), [1, 2])).toEqual([
      { contractId: 1, type: 'auction', items: [] },
    ]);
  });

  test('items without their contract are refused as a fault of the data', async () => {
    const orphans = [{ contractId: 1, items: [itemRow()] }];
    await expect(insertItems(database(), orphans)).rejects.toMatchObject({
      name: 'DatabaseError',
      isDataFault: true,
      sqlState: '23503',
    });
  });

  test('items leave with their contract', async () => {
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await insertItems(database(), [{ contractId: 1, items: [itemRow()] }]);
    await database().execute('DELETE FROM contracts');
    expect(await countRows(database(), 'contract_items')).toBe(0);
  });

  test('no items to insert asks the database nothing', async () => {
    const { statements } = database().counters;
    expect(await insertItems(database(), [])).toBe(0);
    expect(database().counters.statements).toBe(statements);
  });
}

function findsHolders(database: () => Database): void {
  const store = async (contractId: number, ...typeIds: readonly number[]) => {
    await insertContracts(database(), [newContract({ contractId, itemsStatus: 'fetched' })]);
    const items = typeIds.map((typeId, recordId) => itemRow({ recordId, typeId }));
    await insertItems(database(), [{ contractId, items }]);
  };

  test('the holders of a type are paged in the order of their ids, each once', async () => {
    for (const contractId of [30, 10, LARGE_ID, 20]) {
      await store(contractId, GILA, GILA, ORCA);
    }
    const slice = (afterId: number) => holdersAfter(database(), [GILA, ORCA], afterId, 3);
    expect(await slice(0)).toEqual({ lastId: 30, holders: [10, 20, 30] });
    expect(await slice(30)).toEqual({ lastId: LARGE_ID, holders: [LARGE_ID] });
    expect(await slice(LARGE_ID)).toEqual({ lastId: null, holders: [] });
  });

  test('those of outstanding contracts are found alone, and all at once', async () => {
    for (const contractId of [2, 1, 3]) await store(contractId, GILA, ORCA);
    await database().execute(`UPDATE contracts SET status = 'closed' WHERE contract_id = 2`);
    expect(await outstandingHoldersOf(database(), [GILA, ORCA])).toEqual([1, 3]);
    expect(await outstandingHoldersOf(database(), [34])).toEqual([]);
  });

  test('a contract that holds none of the types is no holder', async () => {
    await store(1, GILA);
    await store(2, ORCA);
    expect(await holdersAfter(database(), [ORCA], 0, 10)).toEqual({ lastId: 2, holders: [2] });
    expect(await holdersAfter(database(), [34], 0, 10)).toEqual({ lastId: 2, holders: [] });
    expect(await holdersAfter(database(), [], 0, 10)).toEqual({ lastId: 2, holders: [] });
  });

  test('a contract that was not classified yet is no holder', async () => {
    await insertContracts(database(), [newContract({ contractId: 1, itemsStatus: 'pending' })]);
    await insertItems(database(), [{ contractId: 1, items: [itemRow({ typeId: GILA })] }]);
    expect(await holdersAfter(database(), [GILA], 0, 10)).toEqual({ lastId: 1, holders: [] });
  });
}

onEachDatabase('contract items', (database) => {
  describe('storing', () => keepsItems(database));
  describe('items that are not stored', () => refusesItems(database));
  describe('holders of a type', () => findsHolders(database));
});
