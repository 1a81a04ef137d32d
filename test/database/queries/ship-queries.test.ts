import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { findNames } from '../../../src/database/queries/name-queries.ts';
import type { OfferFilter } from '../../../src/database/queries/offer-filter.ts';
import { countShipContracts, findShips } from '../../../src/database/queries/ship-queries.ts';
import { countShips } from '../../../src/database/tables/contract-results.ts';
import { insertContracts, type NewContract } from '../../../src/database/tables/contracts.ts';
import { saveRegions } from '../../../src/database/tables/regions.ts';
import { upsertTypes } from '../../../src/database/tables/types.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, FIRST_SEEN, LATER, newContract, RUN, SHIP, THE_FORGE } from '../tables/rows.ts';

const GILA = 17_715;
const ORCA = 28_606;
const EVERYTHING: OfferFilter = { expiresAfter: LATER, order: 'price', limit: 100 };

function offer(contractId: number, overrides: Partial<NewContract> = {}): NewContract {
  return newContract({ ...SHIP, contractId, price: contractId, ...overrides });
}

async function idsOf(database: Database, filter: Partial<OfferFilter> = {}): Promise<number[]> {
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
    await endContracts(database(), THE_FORGE, [{ contractId: 5, status: 'closed' }], LATER, RUN);
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
    await endContracts(database(), THE_FORGE, [{ contractId: 3, status: 'closed' }], LATER, RUN);
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
    await endContracts(
      database(),
      THE_FORGE,
      [{ contractId: 5, status: 'closed' }],
      FIRST_SEEN,
      RUN,
    );
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
  test('an offer names its region and hull', async () => {
    const contractId = 1_234_567_890_123;
    await insertContracts(database(), [offer(contractId, { price: 1_000_000_000_000.05 })]);
    await upsertTypes(database(), [hull(GILA, `Gila "O'Neil"`, 26)]);
    await saveTheForge(database());
    expect(await findShips(database(), EVERYTHING)).toEqual([
      {
        contractId,
        regionId: THE_FORGE,
        region: 'The Forge',
        typeId: GILA,
        ship: `Gila "O'Neil"`,
        quantity: 2,
        price: '1000000000000.05',
        priceEach: '500000000000.03',
        containsAdditionalItems: true,
        requestsItems: true,
        title: 'Gila, fitted',
        locationId: 60_003_760,
        location: null,
        systemId: null,
        system: null,
        security: null,
        issuerId: 2_112_345_678,
        issuer: null,
        dateIssued: '2026-09-01T10:00:00Z',
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

function narrows(database: () => Database): void {
  const DAY_1 = new Date('2026-09-10T00:00:00Z');
  const DAY_2 = new Date('2026-09-11T00:00:00Z');

  test('the least price, extras, the time left and the title narrow what is found', async () => {
    await insertContracts(database(), [
      offer(1, { containsAdditionalItems: false, title: null }),
      offer(2, { dateExpired: DAY_1 }),
      offer(3, { dateExpired: DAY_2, title: '100% GILA_x' }),
    ]);
    expect(await idsOf(database(), { minPrice: 2 })).toEqual([2, 3]);
    expect(await idsOf(database(), { hasExtras: false })).toEqual([1]);
    expect(await idsOf(database(), { hasExtras: true })).toEqual([2, 3]);
    expect(await idsOf(database(), { expiresAfter: DAY_1 })).toEqual([1, 3]);
    expect(await idsOf(database(), { expiresBefore: DAY_1 })).toEqual([2]);
    expect(await idsOf(database(), { title: 'gila' })).toEqual([2, 3]);
    expect(await idsOf(database(), { title: 'gila_' })).toEqual([3]);
    expect(await idsOf(database(), { title: '%' })).toEqual([3]);
    expect(await idsOf(database(), { title: '\\' })).toEqual([]);
  });

  test('a group is that of the hull', async () => {
    await insertContracts(database(), [offer(1), offer(2, { shipTypeId: ORCA })]);
    await upsertTypes(database(), [hull(GILA, 'Gila', 26), hull(ORCA, 'Orca', 941)]);
    expect(await idsOf(database(), { groupIds: [941] })).toEqual([2]);
    expect(await idsOf(database(), { groupIds: [941, 26] })).toEqual([1, 2]);
    expect(await idsOf(database(), { groupIds: [25] })).toEqual([]);
  });

  test('the order is that asked for', async () => {
    const issued = (day: number) => new Date(Date.UTC(2026, 8, day));
    await insertContracts(database(), [
      offer(1, { dateIssued: issued(1), dateExpired: issued(20) }),
      offer(2, { dateIssued: issued(3), dateExpired: issued(30) }),
      offer(3, { dateIssued: issued(2), dateExpired: issued(10) }),
    ]);
    expect(await idsOf(database(), { order: 'expires' })).toEqual([3, 1, 2]);
    expect(await idsOf(database(), { order: 'issued' })).toEqual([2, 3, 1]);
    expect(await idsOf(database(), { order: 'issued', limit: 1 })).toEqual([2]);
    expect(await idsOf(database(), { order: 'expires', isReversed: true })).toEqual([2, 1, 3]);
    expect(await idsOf(database(), { order: 'issued', isReversed: true })).toEqual([1, 3, 2]);
  });

  test('a price keeps all of its digits', async () => {
    await insertContracts(database(), [offer(1)]);
    await database().execute('UPDATE contracts SET price = 999999999999999999.99');
    expect(await findShips(database(), EVERYTHING)).toMatchObject([
      { price: '999999999999999999.99' },
    ]);
  });
}

function findsNames(database: () => Database): void {
  test('all names are found, hulls apart from other types', async () => {
    await saveTheForge(database());
    const blueprint = { ...hull(787, 'Rifter Blueprint', 105), isShip: false };
    await upsertTypes(database(), [hull(587, 'Rifter', 25), blueprint]);
    const rifter = { id: 587, name: 'Rifter' };
    expect(await findNames(database(), 'region')).toEqual([{ id: THE_FORGE, name: 'The Forge' }]);
    expect(await findNames(database(), 'hull')).toEqual([rifter]);
    expect(await findNames(database(), 'type')).toEqual([
      rifter,
      { id: 787, name: 'Rifter Blueprint' },
    ]);
  });

  test('what has no name is not found', async () => {
    const unknown = { lastRefreshedAt: FIRST_SEEN, refreshError: 'unknown', isShip: true };
    await upsertTypes(database(), [{ typeId: 1, ...unknown }]);
    expect(await findNames(database(), 'hull')).toEqual([]);
  });
}

function hull(typeId: number, name: string, groupId: number) {
  return {
    typeId,
    name,
    groupId,
    categoryId: 6,
    published: true,
    volume: 1,
    packagedVolume: 1,
    marketGroupId: 1,
    lastRefreshedAt: FIRST_SEEN,
    refreshError: null,
    isShip: true,
  };
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
  describe('more filters', () => narrows(database));
  describe('offers', () => describesOffers(database));
  describe('names', () => findsNames(database));
});
