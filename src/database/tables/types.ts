import type { ItemType } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { batchWriter } from './batch.ts';
import { columnsOf } from './columns.ts';

/** What a run needs to know of every cached type. */
export interface CachedType {
  readonly typeId: number;
  /** Null for a type that ESI does not know. */
  readonly groupId: number | null;
  readonly categoryId: number | null;
  /** Whether outstanding contracts were classified with it as a ship. */
  readonly isShip: boolean;
}

/** A type with which ended contracts are still to be classified. */
interface WaitingType {
  readonly typeId: number;
  /** The contracts up to this one are classified with it. */
  readonly historyAfter: number;
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
  ORDER BY refresh_error IS NOT NULL, last_refreshed_at, type_id LIMIT $2) AS stale`;

export function cachedTypes(executor: SqlExecutor): Promise<CachedType[]> {
  return readJsonRows<CachedType>(executor, SELECT_TYPES);
}

/**
 * Types last asked for before a time, and those whose group could not be had: the oldest first, and
 * after them those that failed before, which must not keep the others waiting for ever.
 */
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

/** A type whose refresh failed. */
interface FailedRefresh {
  readonly typeId: number;
  readonly refreshError: string;
  /** Null when ESI has not answered: the type stays as old as it is. */
  readonly lastRefreshedAt: Date | null;
}

/** Notes a failed refresh; what is known of the types stays. */
export const markRefreshFailed = batchWriter(
  columnsOf<FailedRefresh>({
    typeId: 'integer',
    refreshError: 'text',
    lastRefreshedAt: 'timestamptz',
  }),
  ({ rows }) => `
UPDATE esi_type_cache
SET last_refreshed_at = coalesce(failure.last_refreshed_at, esi_type_cache.last_refreshed_at),
  refresh_error = failure.refresh_error
FROM ${rows('failure')}
WHERE esi_type_cache.type_id = failure.type_id
  AND (failure.last_refreshed_at IS NOT NULL
    OR esi_type_cache.refresh_error IS DISTINCT FROM failure.refresh_error)`,
);

/**
 * Notes how contracts are classified with types from now on: the outstanding ones are, the ended ones
 * are to be.
 */
export const markShips = batchWriter(
  TYPE.only('typeId', 'isShip'),
  ({ rows }) => `
UPDATE esi_type_cache SET is_ship = change.is_ship, history_after = 0
FROM ${rows('change')}
WHERE esi_type_cache.type_id = change.type_id`,
);

const WAITING_TYPE: Readonly<Record<keyof WaitingType, string>> = {
  typeId: 'type_id',
  historyAfter: 'history_after',
};

/** What is to be done about contracts that have ended. */
export interface WaitingHistory {
  readonly types: readonly WaitingType[];
  /** Imported contracts wait for their types. */
  readonly hasUnclassified: boolean;
}

/** → [types, whether imported contracts wait]: one question, since mostly there is nothing. */
const SELECT_WAITING = `
SELECT json_build_array(
  (SELECT coalesce(json_agg(${jsonObject(WAITING_TYPE)}), '[]')
    FROM esi_type_cache WHERE history_after IS NOT NULL),
  EXISTS (SELECT 1 FROM contracts
    WHERE items_status = 'pending' AND status <> 'outstanding' AND source = 'everef'))::text AS rows`;

/** What runs have left undone of the past. */
export async function waitingHistory(executor: SqlExecutor): Promise<WaitingHistory> {
  const answer = await readJsonRows(executor, SELECT_WAITING);
  const [types, hasUnclassified] = answer as [readonly WaitingType[], boolean];
  return { types, hasUnclassified };
}

/** $1 the last contract that was looked at, null when there are no more; $2 type ids. */
const SET_HISTORY = `
UPDATE esi_type_cache SET history_after = $1::bigint
WHERE type_id IN (SELECT json_array_elements_text($2::json)::integer)`;

/** Notes how far the ended contracts are classified with types. @param afterId null for all */
export async function setHistory(
  executor: SqlExecutor,
  typeIds: readonly number[],
  afterId: number | null,
): Promise<void> {
  await executor.execute(SET_HISTORY, afterId, JSON.stringify(typeIds));
}
