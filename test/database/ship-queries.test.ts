import { describe, expect, test } from 'vitest';
import {
  closeContracts,
  countShips,
  insertContracts,
  type NewContract,
} from '../../src/database/contract-store.ts';
import type { Database } from '../../src/database/database.ts';
import { saveRegions } from '../../src/database/region-store.ts';
import {
  countShipContracts,
  findIdByName,
  findShips,
  type ShipFilter,
} from '../../src/database/ship-queries.ts';
import { upsertTypes } from '../../src/database/type-store.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { countRows, DOMAIN, FIRST_SEEN, LATER, newContract, SHIP, THE_FORGE } from './rows.ts';

const GILA = 17_715;
const ORCA = 28_606;
const EVERYTHING: ShipFilter = {
  regionIds: undefined,
  typeIds: undefined,
  maxPrice: undefined,
  now: LATER,
  limit: 100,
};

function offer(contractId: number, overrides: Partial<NewContract> = {}): NewContract {
  return newContract({ ...SHIP, contractId, price: contractId, ...overrides });
}

async function idsOf(database: Database, filter: Partial<ShipFilter> = {}): Promise<number[]> {
  const ships = await findShips(database, { ...EVERYTHING, ...filter });
  return ships.map(({ contractId }) => contractId);
}

function counts(database: () => Database): void {
  test('only outstanding ship contracts of the regions asked for are counted', async () => {
    await insertContracts(database(), [
      offer(1),
      offer(2),
      offer(3, { regionId: DOMAIN }),
      offer(4, { isShipContract: false }),
      offer(5),
    ]);
    await closeContracts(database(), THE_FORGE, [{ contractId: 5, status: 'closed' }], LATER);
    expect(await countShipContracts(database(), [THE_FORGE])).toBe(2);
    expect(await countShipContracts(database(), [THE_FORGE, DOMAIN])).toBe(3);
    expect(await countShipContracts(database(), [])).toBe(0);
  });

  test('of a list of contracts those that sell a ship are counted, whatever their status', async () => {
    const large = 1_234_567_890_123;
    await insertContracts(database(), [
      offer(1),
      offer(2, { isShipContract: false }),
      offer(3),
      offer(large),
    ]);
    await closeContracts(database(), THE_FORGE, [{ contractId: 3, status: 'closed' }], LATER);
    expect(await countShips(database(), [1, 2, 3, 99])).toBe(2);
    expect(await countShips(database(), [large])).toBe(1);
    const { statements } = database().counters;
    expect(await countShips(database(), [])).toBe(0);
    expect(database().counters.statements).toBe(statements);
  });
}

function filters(database: () => Database): void {
  test('the cheapest comes first, and one without a price last', async () => {
    await insertContracts(database(), [offer(3), offer(1), offer(9, { price: null }), offer(2)]);
    expect(await idsOf(database())).toEqual([1, 2, 3, 9]);
    expect(await idsOf(database(), { limit: 2 })).toEqual([1, 2]);
  });

  test('contracts of the same price come in the order of their ids', async () => {
    await insertContracts(database(), [offer(3, { price: 5 }), offer(1, { price: 5 })]);
    expect(await idsOf(database())).toEqual([1, 3]);
  });

  test('only what can still be had is found', async () => {
    await insertContracts(database(), [
      offer(1),
      offer(2, { isShipContract: false }),
      offer(3, { dateExpired: LATER }),
      offer(4, { dateExpired: FIRST_SEEN }),
      offer(5),
    ]);
    await closeContracts(database(), THE_FORGE, [{ contractId: 5, status: 'closed' }], FIRST_SEEN);
    expect(await idsOf(database())).toEqual([1]);
  });

  test('region, type and price narrow what is found, together', async () => {
    await insertContracts(database(), [
      offer(1),
      offer(2, { shipTypeId: ORCA }),
      offer(3, { regionId: DOMAIN }),
      offer(4, { price: null }),
    ]);
    expect(await idsOf(database(), { regionIds: [DOMAIN] })).toEqual([3]);
    expect(await idsOf(database(), { regionIds: [DOMAIN, THE_FORGE] })).toEqual([1, 2, 3, 4]);
    expect(await idsOf(database(), { typeIds: [ORCA] })).toEqual([2]);
    expect(await idsOf(database(), { maxPrice: 2 })).toEqual([1, 2]);
    expect(await idsOf(database(), { maxPrice: 2, typeIds: [GILA] })).toEqual([1]);
    expect(await idsOf(database(), { regionIds: [] })).toEqual([]);
  });
}

function describesOffers(database: () => Database): void {
  const type = { published: true, volume: 1, packagedVolume: 1, marketGroupId: 1 };

  test('an offer names its region and hull', async () => {
    const contractId = 1_234_567_890_123;
    await insertContracts(database(), [offer(contractId, { price: 1_000_000_000_000.05 })]);
    await upsertTypes(database(), [
      {
        ...type,
        typeId: GILA,
        name: `Gila "O'Neil"`,
        groupId: 26,
        categoryId: 6,
        lastRefreshedAt: FIRST_SEEN,
        refreshError: null,
        isShip: true,
      },
    ]);
    await saveTheForge(database());
    expect(await findShips(database(), EVERYTHING)).toEqual([
      {
        contractId,
        regionId: THE_FORGE,
        region: 'The Forge',
        typeId: GILA,
        ship: `Gila "O'Neil"`,
        quantity: 2,
        price: 1_000_000_000_000.05,
        containsAdditionalItems: true,
        requestsItems: true,
        title: 'Gila, fitted',
        locationId: 60_003_760,
        dateExpired: '2026-09-15T10:00:00Z',
      },
    ]);
  });

  test('an offer whose region and hull have no names yet is found all the same', async () => {
    await insertContracts(database(), [offer(1)]);
    const [ship] = await findShips(database(), EVERYTHING);
    expect(ship).toMatchObject({ contractId: 1, region: null, ship: null, typeId: GILA });
  });
}

function findsNames(database: () => Database): void {
  test('a name is found whatever its case', async () => {
    await saveTheForge(database());
    expect(await findIdByName(database(), 'regions', 'the FORGE')).toBe(THE_FORGE);
    expect(await findIdByName(database(), 'esi_type_cache', 'The Forge')).toBeUndefined();
  });

  test('a name is only text', async () => {
    await saveTheForge(database());
    expect(await findIdByName(database(), 'regions', `' OR ''='`)).toBeUndefined();
    expect(await findIdByName(database(), 'regions', '%')).toBeUndefined();
    await findIdByName(database(), 'regions', `'; DROP TABLE regions; --`);
    expect(await countRows(database(), 'regions')).toBe(1);
  });
}

async function saveTheForge(database: Database): Promise<void> {
  const region = {
    regionId: THE_FORGE,
    name: 'The Forge',
    snapshotLastModified: null,
    listedContracts: 0,
    capped: false,
    checkedAt: null,
    heldBackLastModified: null,
  };
  await saveRegions(database, [region]);
}

onEachDatabase('ship queries', (database) => {
  describe('counting', () => counts(database));
  describe('filters', () => filters(database));
  describe('offers', () => describesOffers(database));
  describe('names', () => findsNames(database));
});
