import type { ItemType } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchStatement, executeBatch } from './batch-statement.ts';
import { assignments, names, TYPE_COLUMNS } from './columns.ts';

/** What a run needs to know of every cached type. */
export interface CachedType {
  readonly typeId: number;
  /** Null for a type that ESI does not know. */
  readonly groupId: number | null;
  readonly categoryId: number | null;
  /** Whether stored contracts were classified with it as a ship. */
  readonly isShip: boolean;
}

/** A type as it is to be stored; one that ESI does not know has only its id and the error. */
export interface TypeRow extends Partial<ItemType> {
  readonly typeId: number;
  readonly lastRefreshedAt: Date;
  readonly refreshError: string | null;
  readonly isShip: boolean;
}

const TYPE_ID = [{ name: 'type_id', type: 'integer' }];
const ROW_COLUMNS = [...TYPE_ID, ...TYPE_COLUMNS];

const SELECT_TYPES = `
SELECT coalesce(json_agg(json_build_array(type_id, group_id, category_id, is_ship)), '[]')::text
  AS rows FROM esi_type_cache`;

const SELECT_STALE = `
SELECT coalesce(json_agg(type_id), '[]')::text AS rows FROM (
  SELECT type_id FROM esi_type_cache
  WHERE last_refreshed_at < $1
    OR (category_id IS NULL AND group_id IS NOT NULL AND refresh_error IS NULL)
  ORDER BY last_refreshed_at, type_id LIMIT $2) AS stale`;

/** `is_ship` says how contracts were classified, so only a new type brings its own. */
const REFRESHED_COLUMNS = TYPE_COLUMNS.filter(({ name }) => name !== 'is_ship');

const UPSERT_TYPES = batchStatement(
  ROW_COLUMNS,
  ({ rows }) => `
INSERT INTO esi_type_cache (${names(ROW_COLUMNS)})
SELECT ${names(ROW_COLUMNS)} FROM ${rows('type')} ORDER BY type_id
ON CONFLICT (type_id) DO UPDATE SET ${assignments(REFRESHED_COLUMNS, 'excluded')}`,
);

const MARK_FAILED = batchStatement(
  [...TYPE_ID, { name: 'refresh_error', type: 'text' }],
  ({ rows, parameter }) => `
UPDATE esi_type_cache
SET last_refreshed_at = ${parameter(1)}, refresh_error = failure.refresh_error
FROM ${rows('failure')}
WHERE esi_type_cache.type_id = failure.type_id`,
);

const MARK_SHIPS = batchStatement(
  [...TYPE_ID, { name: 'is_ship', type: 'boolean' }],
  ({ rows }) => `
UPDATE esi_type_cache SET is_ship = change.is_ship
FROM ${rows('change')}
WHERE esi_type_cache.type_id = change.type_id`,
);

export async function cachedTypes(executor: SqlExecutor): Promise<CachedType[]> {
  const rows = await readJsonRows<[number, number | null, number | null, boolean]>(
    executor,
    SELECT_TYPES,
  );
  return rows.map(([typeId, groupId, categoryId, isShip]) => ({
    typeId,
    groupId,
    categoryId,
    isShip,
  }));
}

/** Types last asked for before a time, and those whose group could not be had, the oldest first. */
export function staleTypeIds(
  executor: SqlExecutor,
  before: Date,
  limit: number,
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_STALE, before, limit);
}

export function upsertTypes(executor: SqlExecutor, types: readonly TypeRow[]): Promise<number> {
  return executeBatch(executor, UPSERT_TYPES, types);
}

/** Notes a failed refresh; what is known of the types stays. */
export function markRefreshFailed(
  executor: SqlExecutor,
  failures: readonly { typeId: number; refreshError: string }[],
  now: Date,
): Promise<number> {
  return executeBatch(executor, MARK_FAILED, failures, now);
}

export function markShips(
  executor: SqlExecutor,
  changes: readonly { typeId: number; isShip: boolean }[],
): Promise<number> {
  return executeBatch(executor, MARK_SHIPS, changes);
}
