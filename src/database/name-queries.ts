import type { Named } from '../names.ts';
import type { SqlExecutor } from './database.ts';
import { readJsonRows } from './json-rows.ts';

/** Things that a user may call by name. */
export type NamedTable = 'regions' | 'esi_type_cache';

const SELECT_NAMES: Readonly<Record<NamedTable, string>> = {
  regions: selectNames('region_id', 'regions'),
  esi_type_cache: selectNames('type_id', 'esi_type_cache'),
};

function selectNames(id: string, table: NamedTable): string {
  return `
SELECT coalesce(json_agg(json_build_object('id', ${id}, 'name', name) ORDER BY name, ${id}), '[]')::text
  AS rows FROM ${table} WHERE name IS NOT NULL`;
}

/** All names that the database knows, with what they name. */
export function findNames(executor: SqlExecutor, table: NamedTable): Promise<Named[]> {
  return readJsonRows<Named>(executor, SELECT_NAMES[table]);
}
