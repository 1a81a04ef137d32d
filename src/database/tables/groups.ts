import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { columnsOf } from './columns.ts';
import { esiWriter, REFRESHED, type Refreshed, shippedWriter } from './places.ts';

/** A group of item types. */
export interface GroupFacts {
  readonly groupId: number;
  readonly name: string | null;
  readonly categoryId: number | null;
  readonly published: boolean | null;
}

export interface GroupRow extends GroupFacts, Refreshed {}

/** A category of groups. */
export interface CategoryFacts {
  readonly categoryId: number;
  readonly name: string | null;
  readonly published: boolean | null;
}

const GROUP_FACTS = columnsOf<GroupFacts>({
  groupId: 'integer',
  name: 'text',
  categoryId: 'integer',
  published: 'boolean',
});
const CATEGORY_FACTS = columnsOf<CategoryFacts>({
  categoryId: 'integer',
  name: 'text',
  published: 'boolean',
});

/** The columns of `esi_groups`. */
export const GROUP = GROUP_FACTS.and(REFRESHED);
/** The columns of `esi_categories`. */
export const CATEGORY = CATEGORY_FACTS.and(REFRESHED);

export const loadGroups = shippedWriter('esi_groups', GROUP_FACTS, 'group_id');
export const loadCategories = shippedWriter('esi_categories', CATEGORY_FACTS, 'category_id');

const writeGroups = esiWriter('esi_groups', GROUP, 'group_id');
export const saveCategories = esiWriter('esi_categories', CATEGORY, 'category_id');

/** Types follow their group. $1 groups. */
const UPDATE_CATEGORIES = `
UPDATE esi_type_cache AS type SET category_id = esi_groups.category_id
FROM esi_groups
WHERE esi_groups.group_id = type.group_id AND esi_groups.category_id IS NOT NULL
  AND esi_groups.group_id IN (SELECT json_array_elements_text($1::json)::integer)
  AND type.category_id IS DISTINCT FROM esi_groups.category_id`;

/** Stores groups as ESI shows them, and takes their category to their types. */
export async function saveGroups(executor: SqlExecutor, rows: readonly GroupRow[]): Promise<void> {
  if (rows.length === 0) return;
  await writeGroups(executor, rows);
  await executor.execute(UPDATE_CATEGORIES, JSON.stringify(rows.map(({ groupId }) => groupId)));
}

const SELECT_GROUPS = `
SELECT coalesce(json_agg(${jsonObject(GROUP.fields())}), '[]')::text AS rows FROM esi_groups`;

export async function storedGroups(executor: SqlExecutor): Promise<GroupRow[]> {
  const rows = await readJsonRows<Record<keyof GroupRow, unknown>>(executor, SELECT_GROUPS);
  return rows.map((row) => GROUP.fromJson(row));
}

/** What CCP's static data told is as old as their loading. */
const IS_STALE = `coalesce(last_refreshed_at,
  (SELECT loaded_at FROM static_data WHERE static_data.name = 'new_eden'), '-infinity') < $1`;

/** Of a table, those that types are of; the oldest first. */
const staleOf = (table: string, id: string) => `
(SELECT coalesce(json_agg(${id}), '[]') FROM (
  SELECT ${id} FROM ${table}
  WHERE ${IS_STALE} AND ${id} IN (SELECT ${id} FROM esi_type_cache)
  ORDER BY refresh_error IS NOT NULL, last_refreshed_at NULLS FIRST, ${id} LIMIT $2) AS stale)`;

/** $1 asked for before, $2 as many of each at most. */
const SELECT_STALE = `
SELECT json_build_array(json_build_object(
  'categoryIds', ${staleOf('esi_categories', 'category_id')},
  'groupIds', ${staleOf('esi_groups', 'group_id')}))::text AS rows`;

/** Ids of groups and categories. */
export interface StaleGroups {
  readonly categoryIds: readonly number[];
  readonly groupIds: readonly number[];
}

/** Those that stored types are of and that ESI was last asked for before a time, or never. */
export async function staleGroups(
  executor: SqlExecutor,
  before: Date,
  limit: number,
): Promise<StaleGroups> {
  const [stale] = await readJsonRows<StaleGroups>(executor, SELECT_STALE, before, limit);
  return stale ?? { categoryIds: [], groupIds: [] };
}
