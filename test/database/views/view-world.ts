import type { Database } from '../../../src/database/database.ts';
import { readJsonRows } from '../../../src/database/json-rows.ts';
import type { NewContract } from '../../../src/database/tables/contracts.ts';
import { saveGroups } from '../../../src/database/tables/groups.ts';
import { saveNames } from '../../../src/database/tables/names.ts';
import { saveLocations, saveSystems } from '../../../src/database/tables/places.ts';
import { loadRegionNames } from '../../../src/database/tables/regions.ts';
import { upsertTypes } from '../../../src/database/tables/types.ts';
import { DOMAIN, newContract, THE_FORGE } from '../tables/rows.ts';

export const NOW = new Date();
const SOON = new Date(NOW.getTime() + 3_600_000);
const ASKED = { lastRefreshedAt: NOW, refreshError: null };
export const JITA = 30000142;
export const JITA_4_4 = 60003760;
export const STRUCTURE = 1_035_466_617_946;
export const GILA = 17_715;
export const RIFTER_BLUEPRINT = 691;
export const CRUISER = 26;

export function open(overrides: Partial<NewContract> = {}): NewContract {
  return newContract({ startLocationId: JITA_4_4, dateExpired: SOON, ...overrides });
}

/** One row of a view, in JSON: numbers, and times as text. */
export async function rowsOf(database: Database, view: string, where = 'true') {
  return readJsonRows<Record<string, unknown>>(
    database,
    `SELECT coalesce(json_agg(to_jsonb(v) ORDER BY contract_id), '[]')::text AS rows
     FROM ${view} AS v WHERE ${where}`,
  );
}

export async function know(database: Database): Promise<void> {
  await loadRegionNames(database, [
    { regionId: THE_FORGE, name: 'The Forge' },
    { regionId: DOMAIN, name: 'Domain' },
  ]);
  const jita = { systemId: JITA, name: 'Jita', constellationId: 20000020, regionId: THE_FORGE };
  await saveSystems(database, [{ ...jita, securityStatus: 0.9459, ...ASKED }]);
  const station = { locationId: JITA_4_4, kind: 'station', name: 'Jita IV - Moon 4' } as const;
  await saveLocations(database, [{ ...station, systemId: JITA, typeId: 52_678, ...ASKED }]);
  await saveNames(database, [
    { id: 2_112_345_678, category: 'character', name: 'Chribba', ...ASKED },
    { id: 98_000_001, category: 'corporation', name: 'OMG Labs', ...ASKED },
  ]);
  await saveGroups(database, [
    { groupId: CRUISER, name: 'Cruiser', categoryId: 6, published: true, ...ASKED },
  ]);
  await upsertTypes(database, [
    { typeId: GILA, name: 'Gila', groupId: CRUISER, categoryId: 6, isShip: true, ...ASKED },
    {
      typeId: RIFTER_BLUEPRINT,
      name: 'Rifter Blueprint',
      groupId: 105,
      categoryId: 9,
      isShip: false,
      ...ASKED,
    },
  ]);
}
