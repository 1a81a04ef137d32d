import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  cachedTypes,
  markRefreshFailed,
  markShips,
  staleTypeIds,
  type TypeRow,
  upsertTypes,
} from '../../../src/database/tables/types.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { FIRST_SEEN, LATER } from './rows.ts';

const GILA = 17_715;
const UNKNOWN = 99_999_999;

function gila(overrides: Partial<TypeRow> = {}): TypeRow {
  return {
    typeId: GILA,
    name: 'Gila',
    groupId: 26,
    categoryId: 6,
    published: true,
    volume: 101_000,
    packagedVolume: 10_000,
    marketGroupId: 1371,
    lastRefreshedAt: FIRST_SEEN,
    refreshError: null,
    isShip: true,
    ...overrides,
  };
}

const UNKNOWN_TYPE: TypeRow = {
  typeId: UNKNOWN,
  lastRefreshedAt: FIRST_SEEN,
  refreshError: 'ESI does not know it',
  isShip: false,
};

async function storedType(database: Database, typeId: number): Promise<unknown> {
  const [found] = await database.query<{ row: string }>(
    'SELECT to_jsonb(esi_type_cache)::text AS row FROM esi_type_cache WHERE type_id = $1',
    typeId,
  );
  return found && JSON.parse(found.row);
}

function storesTypes(database: () => Database): void {
  test('every column of a type is stored', async () => {
    expect(await upsertTypes(database(), [gila()])).toBe(1);
    expect(await storedType(database(), GILA)).toEqual({
      type_id: GILA,
      name: 'Gila',
      group_id: 26,
      category_id: 6,
      published: true,
      volume: 101_000,
      packaged_volume: 10_000,
      market_group_id: 1371,
      last_refreshed_at: '2026-09-08T12:00:00+00:00',
      refresh_error: null,
      is_ship: true,
      history_after: null,
    });
  });

  test('a type that ESI does not know is stored with its error', async () => {
    await upsertTypes(database(), [UNKNOWN_TYPE]);
    expect(await storedType(database(), UNKNOWN)).toMatchObject({
      name: null,
      group_id: null,
      published: null,
      refresh_error: 'ESI does not know it',
    });
  });

  test('a refreshed type follows ESI, but not in how contracts were classified with it', async () => {
    await upsertTypes(database(), [gila()]);
    const refreshed = gila({
      groupId: 27,
      marketGroupId: null,
      lastRefreshedAt: LATER,
      isShip: false,
    });
    expect(await upsertTypes(database(), [refreshed])).toBe(1);
    expect(await storedType(database(), GILA)).toMatchObject({
      group_id: 27,
      market_group_id: null,
      last_refreshed_at: '2026-09-08T12:30:00+00:00',
      is_ship: true,
    });
  });

  test('a type that was unknown and came to be known loses its error', async () => {
    await upsertTypes(database(), [UNKNOWN_TYPE]);
    await upsertTypes(database(), [gila({ typeId: UNKNOWN })]);
    expect(await storedType(database(), UNKNOWN)).toMatchObject({
      name: 'Gila',
      refresh_error: null,
    });
  });

  test('known and unknown types are stored together', async () => {
    expect(await upsertTypes(database(), [UNKNOWN_TYPE, gila()])).toBe(2);
    const types = await cachedTypes(database());
    expect(types.sort((a, b) => a.typeId - b.typeId)).toEqual([
      { typeId: GILA, groupId: 26, categoryId: 6, isShip: true },
      { typeId: UNKNOWN, groupId: null, categoryId: null, isShip: false },
    ]);
  });

  test('an empty cache knows no type', async () => {
    expect(await cachedTypes(database())).toEqual([]);
  });
}

function refreshesTypes(database: () => Database): void {
  const at = (minute: number) => new Date(Date.UTC(2026, 8, 8, 12, minute));

  test('the types longest not asked for come first, up to the limit', async () => {
    await upsertTypes(
      database(),
      [3, 1, 2, 4].map((typeId) => gila({ typeId, lastRefreshedAt: at(typeId) })),
    );
    expect(await staleTypeIds(database(), at(4), 10)).toEqual([1, 2, 3]);
    expect(await staleTypeIds(database(), at(4), 2)).toEqual([1, 2]);
    expect(await staleTypeIds(database(), at(1), 10)).toEqual([]);
  });

  test('a type whose group could not be had comes again, an unknown or a failed one does not', async () => {
    const [withoutCategory, failed] = [1, 2].map((typeId) => ({
      ...gila({ typeId, lastRefreshedAt: LATER }),
      categoryId: null,
    })) as [TypeRow, TypeRow];
    await upsertTypes(database(), [
      withoutCategory,
      { ...failed, refreshError: 'answered 502' },
      { ...UNKNOWN_TYPE, lastRefreshedAt: LATER },
      gila({ lastRefreshedAt: LATER }),
    ]);
    expect(await staleTypeIds(database(), FIRST_SEEN, 10)).toEqual([1]);
  });

  test('types of the same age come in the order of their ids', async () => {
    await upsertTypes(
      database(),
      [3, 1, 2].map((typeId) => gila({ typeId })),
    );
    expect(await staleTypeIds(database(), LATER, 2)).toEqual([1, 2]);
  });

  test('a failed refresh is noted, and what is known of the type stays', async () => {
    await upsertTypes(database(), [gila()]);
    const before = await storedType(database(), GILA);
    const failures = [{ typeId: GILA, refreshError: 'unreadable', lastRefreshedAt: LATER }];
    expect(await markRefreshFailed(database(), failures)).toBe(1);
    expect(await storedType(database(), GILA)).toEqual({
      ...(before as object),
      last_refreshed_at: '2026-09-08T12:30:00+00:00',
      refresh_error: 'unreadable',
    });
  });

  test('an outage makes no type younger, is noted once, and lets the others go first', async () => {
    await upsertTypes(database(), [gila(), gila({ typeId: 9 })]);
    const before = await storedType(database(), 9);
    const failures = [{ typeId: 9, refreshError: 'answered 502', lastRefreshedAt: null }];

    expect(await markRefreshFailed(database(), failures)).toBe(1);
    expect(await markRefreshFailed(database(), failures)).toBe(0);
    expect(await storedType(database(), 9)).toEqual({
      ...(before as object),
      refresh_error: 'answered 502',
    });
    expect(await staleTypeIds(database(), LATER, 2)).toEqual([GILA, 9]);
  });

  test('a failure of a type that is not stored is noted nowhere', async () => {
    const failures = [{ typeId: GILA, refreshError: 'answered 502', lastRefreshedAt: LATER }];
    expect(await markRefreshFailed(database(), failures)).toBe(0);
    expect(await cachedTypes(database())).toEqual([]);
  });

  test('whether types are ships changes for each alone', async () => {
    await upsertTypes(
      database(),
      [1, 2, 3].map((typeId) => gila({ typeId, isShip: typeId === 1 })),
    );
    const changes = [
      { typeId: 1, isShip: false },
      { typeId: 2, isShip: true },
    ];
    expect(await markShips(database(), changes)).toBe(2);
    const types = await cachedTypes(database());
    const ships = types.filter(({ isShip }) => isShip).map(({ typeId }) => typeId);
    expect(ships).toEqual([2]);
  });
}

onEachDatabase('the type cache', (database) => {
  describe('storing', () => storesTypes(database));
  describe('refreshing', () => refreshesTypes(database));
});
