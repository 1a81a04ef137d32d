import type { ItemType } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { batchStatement, batchWriter, executeBatch } from './batch.ts';
import { columnsOf } from './columns.ts';

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

/** The columns of `esi_type_cache`. */
export const TYPE = columnsOf<TypeRow>({
  typeId: 'integer',
  name: 'text',
  groupId: 'integer',
  categoryId: 'integer',
  published: 'boolean',
  volume: 'double precision',
  packagedVolume: 'double precision',
  marketGroupId: 'integer',
  lastRefreshedAt: 'timestamptz',
  refreshError: 'text',
  isShip: 'boolean',
});

const CACHED_TYPE: Readonly<Record<keyof CachedType, string>> = TYPE.only(
  'typeId',
  'groupId',
  'categoryId',
  'isShip',
).fields();

const SELECT_TYPES = `
SELECT coalesce(json_agg(${jsonObject(CACHED_TYPE)}), '[]')::text AS rows FROM esi_type_cache`;

const SELECT_STALE = `
SELECT coalesce(json_agg(type_id), '[]')::text AS rows FROM (
  SELECT type_id FROM esi_type_cache
  WHERE last_refreshed_at < $1
    OR (category_id IS NULL AND group_id IS NOT NULL AND refresh_error IS NULL)
  ORDER BY last_refreshed_at, type_id LIMIT $2) AS stale`;

/** Types whose refresh failed, with the reason; then now. */
const MARK_FAILED = batchStatement(
  TYPE.only('typeId', 'refreshError'),
  ({ rows, parameter }) => `
UPDATE esi_type_cache
SET last_refreshed_at = ${parameter(1)}, refresh_error = failure.refresh_error
FROM ${rows('failure')}
WHERE esi_type_cache.type_id = failure.type_id`,
);

export function cachedTypes(executor: SqlExecutor): Promise<CachedType[]> {
  return readJsonRows<CachedType>(executor, SELECT_TYPES);
}

/** Types last asked for before a time, and those whose group could not be had, the oldest first. */
export function staleTypeIds(
  executor: SqlExecutor,
  before: Date,
  limit: number,
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_STALE, before, limit);
}

/**
 * Stores types as ESI shows them. `is_ship` says how contracts were classified, so only a new type
 * brings its own.
 */
export const upsertTypes = batchWriter(
  TYPE,
  ({ rows }) => `
INSERT INTO esi_type_cache (${TYPE.names()})
SELECT ${TYPE.names()} FROM ${rows('type')} ORDER BY type_id
ON CONFLICT (type_id) DO UPDATE SET ${TYPE.without('typeId', 'isShip').assignments('excluded')}`,
);

/** Notes a failed refresh; what is known of the types stays. */
export function markRefreshFailed(
  executor: SqlExecutor,
  failures: readonly Pick<TypeRow, 'typeId' | 'refreshError'>[],
  now: Date,
): Promise<number> {
  return executeBatch(executor, MARK_FAILED, failures, now);
}

/** Notes how contracts are classified with types from now on. */
export const markShips = batchWriter(
  TYPE.only('typeId', 'isShip'),
  ({ rows }) => `
UPDATE esi_type_cache SET is_ship = change.is_ship
FROM ${rows('change')}
WHERE esi_type_cache.type_id = change.type_id`,
);
