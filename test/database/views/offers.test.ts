import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { readJsonRows } from '../../../src/database/json-rows.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import { saveRoutes } from '../../../src/database/tables/courier-routes.ts';
import { loadRegionNames, saveRegions } from '../../../src/database/tables/regions.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, SHIP, THE_FORGE } from '../tables/rows.ts';
import { CRUISER, GILA, JITA, JITA_4_4, know, NOW, open, rowsOf, STRUCTURE } from './view-world.ts';

function showsOffers(database: () => Database): void {
  test('every kind of contract is there with its names, place and link', async () => {
    await know(database());
    await insertContracts(database(), [open({ contractId: 7, price: 250.5 })]);
    expect(await rowsOf(database(), 'contract_offers')).toEqual([
      {
        contract_id: 7,
        link: 'contract:0//7',
        type: 'item_exchange',
        title: 'Gila, fitted',
        price: 250.5,
        buyout: 3,
        region_id: THE_FORGE,
        region: 'The Forge',
        system_id: JITA,
        system: 'Jita',
        security_status: 0.9459,
        security: 0.9,
        security_class: 'high',
        location_id: JITA_4_4,
        location: 'Jita IV - Moon 4',
        location_kind: 'station',
        issuer_id: 2_112_345_678,
        issuer: 'Chribba',
        corporation_id: 98_000_001,
        corporation: 'OMG Labs',
        for_corporation: true,
        volume: 101_000.25,
        date_issued: '2026-09-01T10:00:00+00:00',
        date_expired: expect.any(String),
        time_left: expect.stringMatching(/^0?0:59:|^01:00:00/),
        first_seen_at: '2026-09-08T12:00:00+00:00',
        requests_items: false,
        contains_additional_items: false,
        changed_in: 41,
      },
    ]);
  });

  test('what is not known is null, and the contract is there all the same', async () => {
    await insertContracts(database(), [open({ contractId: 7, startLocationId: STRUCTURE })]);
    const nothing = { region: null, system: null, security: null, security_class: null };
    expect(await rowsOf(database(), 'contract_offers')).toMatchObject([
      { ...nothing, location: null, location_kind: null, issuer: null, corporation: null },
    ]);
  });

  test('what is expired, closed or gone is left out', async () => {
    await insertContracts(database(), [
      open({ contractId: 1 }),
      open({ contractId: 2, dateExpired: new Date(NOW.getTime() - 1000) }),
      open({ contractId: 3 }),
    ]);
    await database().execute(`UPDATE contracts SET status = 'closed' WHERE contract_id = 3`);
    const rows = await rowsOf(database(), 'contract_offers');
    expect(rows.map((row) => row['contract_id'])).toEqual([1]);
  });
}

function showsSecurity(database: () => Database): void {
  test.each([
    [1, 1, 'high'],
    [0.45, 0.5, 'high'],
    [0.4499, 0.4, 'low'],
    [0.05, 0.1, 'low'],
    [0.04, 0.1, 'low'],
    [0.0001, 0.1, 'low'],
    [0, 0, 'null'],
    [-0.04, 0, 'null'],
    [-0.55, -0.6, 'null'],
    [-1, -1, 'null'],
  ])('a security status of %d is shown as %d, of class %s', async (status, shown, name) => {
    await know(database());
    await insertContracts(database(), [open()]);
    await database().execute(`UPDATE systems SET security_status = ${status}`);
    expect(await rowsOf(database(), 'contract_offers')).toMatchObject([
      { security_status: status, security: shown, security_class: name },
    ]);
  });
}

function showsShips(database: () => Database): void {
  test('ships have their hull, its group and the price of one', async () => {
    await know(database());
    await insertContracts(database(), [
      open({ ...SHIP, contractId: 1, price: 100, quantity: 3, shipTypeId: GILA }),
      open({ contractId: 2 }),
    ]);
    expect(await rowsOf(database(), 'ship_offers')).toMatchObject([
      {
        contract_id: 1,
        system: 'Jita',
        ship_type_id: GILA,
        hull: 'Gila',
        hull_group_id: CRUISER,
        hull_group: 'Cruiser',
        quantity: 3,
        price_each: 33.33,
        ship_reason: 'ship_with_extras',
      },
    ]);
  });
}

function showsCouriers(database: () => Database): void {
  test('couriers have both ends, their way, and what it pays', async () => {
    await know(database());
    const courier = { type: 'courier', reward: 1_000_000, volume: 3000 };
    await insertContracts(database(), [
      open({ ...courier, contractId: 1, endLocationId: JITA_4_4 }),
      open({ ...courier, contractId: 2, endLocationId: STRUCTURE }),
      open({ contractId: 3 }),
    ]);
    const route = { startSystemId: JITA, endSystemId: JITA, jumpsHighSec: null, minSecurity: 0.9 };
    await saveRoutes(database(), [{ ...route, jumps: 7, mapVersion: '1' }]);
    expect(await rowsOf(database(), 'courier_offers')).toMatchObject([
      {
        contract_id: 1,
        reward: 1_000_000,
        collateral: 2,
        days_to_complete: 7,
        start_location: 'Jita IV - Moon 4',
        start_system: 'Jita',
        start_region: 'The Forge',
        end_location: 'Jita IV - Moon 4',
        end_security_class: 'high',
        end_region_id: THE_FORGE,
        jumps: 7,
        jumps_high_sec: null,
        min_security: 0.9,
        reward_per_jump: 142_857.14,
        reward_per_m3: 333.33,
      },
      {
        contract_id: 2,
        end_location_id: STRUCTURE,
        end_system: null,
        jumps: null,
        reward_per_jump: null,
      },
    ]);
  });
}

function tellsCoverage(database: () => Database): void {
  test('regions tell how completely they are stored', async () => {
    const region = {
      regionId: THE_FORGE,
      name: 'The Forge',
      snapshotLastModified: NOW,
      listedContracts: 2,
      capped: false,
      checkedAt: NOW,
      heldBackLastModified: null,
    };
    await saveRegions(database(), [region, { ...region, regionId: 3, capped: true }]);
    await loadRegionNames(database(), [{ regionId: DOMAIN, name: 'Domain' }]);
    await insertContracts(
      database(),
      [1, 2].map((contractId) => open({ contractId })),
    );
    const rows = await readJsonRows<Record<string, unknown>>(
      database(),
      `SELECT json_agg(to_jsonb(v) ORDER BY region_id)::text AS rows FROM region_coverage AS v`,
    );
    expect(rows).toMatchObject([
      { region_id: 3, listed: 2, stored: 0, capped: true, is_complete: false },
      { region_id: THE_FORGE, region: 'The Forge', listed: 2, stored: 2, is_complete: true },
      { region_id: DOMAIN, listed: null, stored: 0, as_of: null, is_complete: false },
    ]);
  });
}

onEachDatabase('the views', (database) => {
  describe('of all offers', () => showsOffers(database));
  describe('of security', () => showsSecurity(database));
  describe('of ships', () => showsShips(database));
  describe('of couriers', () => showsCouriers(database));
  describe('of regions', () => tellsCoverage(database));
});
