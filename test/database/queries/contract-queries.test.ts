import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  type ContractFilter,
  findContracts,
} from '../../../src/database/queries/contract-queries.ts';
import { insertItems } from '../../../src/database/tables/contract-items.ts';
import { insertContracts, type NewContract } from '../../../src/database/tables/contracts.ts';
import { upsertTypes } from '../../../src/database/tables/types.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import {
  DOMAIN,
  FIRST_SEEN,
  itemRow,
  LATER,
  newContract,
  RUN,
  SHIP,
  THE_FORGE,
} from '../tables/rows.ts';

const RIFTER = 587;
const RIFTER_BLUEPRINT = 691;
const EVERYTHING: ContractFilter = {
  expiresAfter: LATER,
  order: 'price',
  limit: 100,
  statuses: ['outstanding'],
  hasBlueprintCopies: false,
};

function contract(contractId: number, overrides: Partial<NewContract> = {}): NewContract {
  return newContract({ ...SHIP, contractId, price: contractId, ...overrides });
}

async function idsOf(database: Database, filter: Partial<ContractFilter> = {}): Promise<number[]> {
  const contracts = await findContracts(database, { ...EVERYTHING, ...filter });
  return contracts.map(({ contractId }) => contractId);
}

/** Contracts 1 to 4 with a Rifter, its blueprint, a copy of that, and a Rifter that is asked for. */
async function storeItems(database: Database): Promise<void> {
  const item = (contractId: number, ...rows: readonly Parameters<typeof itemRow>[0][]) => ({
    contractId,
    items: rows.map((row, index) =>
      itemRow({ recordId: index + 1, isBlueprintCopy: false, ...row }),
    ),
  });
  await insertContracts(
    database,
    [1, 2, 3, 4].map((contractId) => contract(contractId)),
  );
  await insertItems(database, [
    item(1, { typeId: RIFTER }, { typeId: RIFTER_BLUEPRINT }),
    item(2, { typeId: RIFTER_BLUEPRINT }),
    item(3, { typeId: RIFTER_BLUEPRINT, isBlueprintCopy: true }),
    item(4, { typeId: RIFTER, isIncluded: false }, { typeId: 34 }),
  ]);
  const type = { lastRefreshedAt: FIRST_SEEN, refreshError: null, isShip: false };
  const known = {
    ...type,
    categoryId: 6,
    published: true,
    volume: 1,
    packagedVolume: 1,
    marketGroupId: 1,
  };
  await upsertTypes(database, [
    { ...known, typeId: RIFTER, name: 'Rifter', groupId: 25 },
    { ...known, typeId: RIFTER_BLUEPRINT, name: 'Rifter Blueprint', groupId: 105 },
  ]);
}

onEachDatabase('contract queries', (database) => {
  describe('items', () => {
    test('narrow what is found by type, group and blueprint copy, if they are for sale', async () => {
      await storeItems(database());
      expect(await idsOf(database(), { typeIds: [RIFTER] })).toEqual([1]);
      expect(await idsOf(database(), { typeIds: [RIFTER_BLUEPRINT, 34] })).toEqual([1, 2, 3, 4]);
      expect(await idsOf(database(), { groupIds: [105] })).toEqual([1, 2, 3]);
      expect(await idsOf(database(), { groupIds: [25], typeIds: [RIFTER_BLUEPRINT] })).toEqual([1]);
      expect(await idsOf(database(), { hasBlueprintCopies: true })).toEqual([3]);
      expect(await idsOf(database(), { hasBlueprintCopies: true, groupIds: [25] })).toEqual([]);
    });

    test('are told by the first that is for sale, and their number', async () => {
      await storeItems(database());
      expect(await findContracts(database(), EVERYTHING)).toMatchObject([
        { contractId: 1, firstItem: 'Rifter', firstTypeId: RIFTER, itemRows: 2 },
        { contractId: 2, firstItem: 'Rifter Blueprint', itemRows: 1 },
        { contractId: 3, firstItem: 'Rifter Blueprint', itemRows: 1 },
        { contractId: 4, firstItem: null, firstTypeId: 34, itemRows: 1 },
      ]);
    });
  });

  test('outstanding are those that can still be had; others are asked for by their status', async () => {
    await insertContracts(database(), [
      contract(1),
      contract(2, { dateExpired: LATER }),
      contract(3, { dateExpired: FIRST_SEEN }),
      contract(4),
    ]);
    await endContracts(database(), THE_FORGE, [{ contractId: 3, status: 'expired' }], LATER, RUN);
    await endContracts(database(), THE_FORGE, [{ contractId: 4, status: 'closed' }], LATER, RUN);
    expect(await idsOf(database())).toEqual([1]);
    expect(await idsOf(database(), { statuses: ['expired'] })).toEqual([3]);
    expect(await idsOf(database(), { statuses: ['closed', 'outstanding'] })).toEqual([1, 4]);
    const [closed] = await findContracts(database(), { ...EVERYTHING, statuses: ['closed'] });
    expect(closed).toMatchObject({ status: 'closed', closedAt: '2026-09-08T12:30:00Z' });
  });

  test('the type of contract, the region and all that narrows ships narrow these', async () => {
    await insertContracts(database(), [
      contract(1, { type: 'courier', containsAdditionalItems: false, title: 'Haul' }),
      contract(2, { type: 'auction', regionId: DOMAIN }),
      contract(3, { type: 'a "new" one' }),
    ]);
    expect(await idsOf(database(), { contractTypes: ['courier', 'auction'] })).toEqual([1, 2]);
    expect(await idsOf(database(), { contractTypes: ['a "new" one'] })).toEqual([3]);
    expect(await idsOf(database(), { regionIds: [DOMAIN] })).toEqual([2]);
    expect(await idsOf(database(), { minPrice: 2, maxPrice: 2 })).toEqual([2]);
    expect(await idsOf(database(), { hasExtras: false, title: 'haul' })).toEqual([1]);
    expect(await idsOf(database(), { order: 'issued', limit: 2 })).toEqual([1, 2]);
  });

  test('all amounts keep their digits', async () => {
    await insertContracts(database(), [contract(1)]);
    await database().execute(
      'UPDATE contracts SET price = 123456789012345678.91, buyout = 0.10, reward = 5, collateral = NULL',
    );
    expect(await findContracts(database(), EVERYTHING)).toMatchObject([
      { price: '123456789012345678.91', buyout: '0.1', reward: '5', collateral: null },
    ]);
  });
});
