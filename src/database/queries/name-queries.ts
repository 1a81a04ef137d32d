import type { Named } from '../../names.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';

/** What a user may call by name. */
export type NamedThing = 'region' | 'type' | 'hull' | 'system' | 'station' | 'issuer';

const SELECT_NAMES: Readonly<Record<NamedThing, string>> = {
  region: selectNames('region_id', 'regions WHERE name IS NOT NULL'),
  type: selectNames('type_id', 'esi_type_cache WHERE name IS NOT NULL'),
  system: selectNames('system_id', 'systems WHERE name IS NOT NULL'),
  station: selectNames('location_id', 'locations WHERE name IS NOT NULL'),
  issuer: selectNames('id', 'esi_names WHERE name IS NOT NULL'),
  hull: selectNames('type_id', 'esi_type_cache WHERE name IS NOT NULL AND is_ship'),
};

function selectNames(id: string, source: string): string {
  return `
SELECT coalesce(json_agg(json_build_object('id', ${id}, 'name', name) ORDER BY name, ${id}), '[]')::text
  AS rows FROM ${source}`;
}

/** All names that the database knows, with what they name. */
export function findNames(executor: SqlExecutor, thing: NamedThing): Promise<Named[]> {
  return readJsonRows<Named>(executor, SELECT_NAMES[thing]);
}
