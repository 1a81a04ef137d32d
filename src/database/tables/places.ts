import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchWriter } from './batch.ts';
import { type Columns, columnsOf } from './columns.ts';

/** When ESI was last asked of a thing, and how that failed; null for what CCP's static data tell. */
export interface Refreshed {
  readonly lastRefreshedAt: Date | null;
  readonly refreshError: string | null;
}

export interface ConstellationFacts {
  readonly constellationId: number;
  readonly name: string | null;
  readonly regionId: number | null;
}

export interface SystemFacts {
  readonly systemId: number;
  readonly name: string | null;
  readonly constellationId: number | null;
  readonly regionId: number | null;
  /** From -1 to 1, not rounded. */
  readonly securityStatus: number | null;
}

/** What a location is: an NPC station, a structure of players, or something else. */
export type LocationKind = 'station' | 'structure' | 'other';

export interface LocationFacts {
  readonly locationId: number;
  readonly kind: LocationKind;
  readonly name: string | null;
  readonly systemId: number | null;
  readonly typeId: number | null;
}

/** A stargate, one way. */
export interface SystemJump {
  readonly fromSystemId: number;
  readonly toSystemId: number;
}

export const REFRESHED = columnsOf<Refreshed>({
  lastRefreshedAt: 'timestamptz',
  refreshError: 'text',
});

const CONSTELLATION_FACTS = columnsOf<ConstellationFacts>({
  constellationId: 'integer',
  name: 'text',
  regionId: 'integer',
});
const SYSTEM_FACTS = columnsOf<SystemFacts>({
  systemId: 'integer',
  name: 'text',
  constellationId: 'integer',
  regionId: 'integer',
  securityStatus: 'double precision',
});
const LOCATION_FACTS = columnsOf<LocationFacts>({
  locationId: 'bigint',
  kind: 'text',
  name: 'text',
  systemId: 'integer',
  typeId: 'integer',
});

/** The columns of `constellations`, as of `systems`, `locations` and `system_jumps`. */
export const CONSTELLATION = CONSTELLATION_FACTS.and(REFRESHED);
export const SYSTEM = SYSTEM_FACTS.and(REFRESHED);
export const LOCATION = LOCATION_FACTS.and(REFRESHED);
export const SYSTEM_JUMP = columnsOf<SystemJump>({
  fromSystemId: 'integer',
  toSystemId: 'integer',
});

/**
 * Loads what CCP's static data tell: never over what ESI has said, but where ESI knew nothing.
 *
 * @param key the column of the primary key
 */
export function shippedWriter<Row>(table: string, columns: Columns<Row>, key: string) {
  const facts = columns.list.filter(({ name }) => name !== key);
  const names = (source: string) => facts.map(({ name }) => `${source}.${name}`).join(', ');
  return batchWriter(
    columns,
    ({ rows }) => `
INSERT INTO ${table} AS stored (${columns.names()})
SELECT ${columns.names()} FROM ${rows('shipped')}
ON CONFLICT (${key}) DO UPDATE SET
  ${facts.map(({ name }) => `${name} = coalesce(excluded.${name}, stored.${name})`).join(', ')}
WHERE (stored.last_refreshed_at IS NULL OR stored.name IS NULL)
  AND (${names('stored')}) IS DISTINCT FROM (${names('excluded')})`,
  );
}

/**
 * Stores what ESI says; what is known stays where it says nothing.
 *
 * @param key the column of the primary key
 */
export function esiWriter<Row>(table: string, columns: Columns<Row>, key: string) {
  const facts = columns.list.filter(({ name }) => name !== key && name !== 'refresh_error');
  return batchWriter(
    columns,
    ({ rows }) => `
INSERT INTO ${table} AS stored (${columns.names()})
SELECT ${columns.names()} FROM ${rows('told')} ORDER BY ${key}
ON CONFLICT (${key}) DO UPDATE SET refresh_error = excluded.refresh_error,
  ${facts.map(({ name }) => `${name} = coalesce(excluded.${name}, stored.${name})`).join(', ')}`,
  );
}

export const loadConstellations = shippedWriter(
  'constellations',
  CONSTELLATION_FACTS,
  'constellation_id',
);
export const loadSystems = shippedWriter('systems', SYSTEM_FACTS, 'system_id');
export const loadLocations = shippedWriter('locations', LOCATION_FACTS, 'location_id');

export const saveConstellations = esiWriter('constellations', CONSTELLATION, 'constellation_id');
export const saveSystems = esiWriter('systems', SYSTEM, 'system_id');
export const saveLocations = esiWriter('locations', LOCATION, 'location_id');

/** Adds stargates; those that are there stay. */
export const saveJumps = batchWriter(
  SYSTEM_JUMP,
  ({ rows }) => `
INSERT INTO system_jumps (${SYSTEM_JUMP.names()})
SELECT ${SYSTEM_JUMP.names()} FROM ${rows('jump')} ON CONFLICT DO NOTHING`,
);

/** $1 as many at most → [location_id], those of the newest contracts first. */
const SELECT_UNKNOWN_LOCATIONS = `
SELECT coalesce(json_agg(id ORDER BY newest DESC), '[]')::text AS rows FROM (
  SELECT id, max(contract_id) AS newest FROM (
    SELECT start_location_id AS id, contract_id FROM contracts WHERE status = 'outstanding'
    UNION ALL
    SELECT end_location_id, contract_id FROM contracts
    WHERE status = 'outstanding' AND end_location_id IS DISTINCT FROM start_location_id) AS place
  WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM locations WHERE location_id = id)
  GROUP BY id ORDER BY newest DESC LIMIT $1::bigint) AS unknown`;

/** Locations of outstanding contracts that are not stored, those of the newest first. */
export function unknownLocationIds(executor: SqlExecutor, limit: number): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_UNKNOWN_LOCATIONS, limit);
}

/** $1 system ids → [those that are stored]. */
const SELECT_KNOWN_SYSTEMS = `
SELECT coalesce(json_agg(system_id), '[]')::text AS rows FROM systems
WHERE system_id IN (SELECT json_array_elements_text($1::json)::integer)`;

/** $1 constellation ids → [[id, region]], those that are stored. */
const SELECT_REGIONS_OF = `
SELECT coalesce(json_agg(json_build_array(constellation_id, region_id)), '[]')::text AS rows
FROM constellations
WHERE constellation_id IN (SELECT json_array_elements_text($1::json)::integer)`;

/** Which of the systems are stored. */
export async function knownSystemIds(
  executor: SqlExecutor,
  systemIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const ids = JSON.stringify(systemIds);
  return new Set(await readJsonRows<number>(executor, SELECT_KNOWN_SYSTEMS, ids));
}

/** Constellation → its region, of those that are stored. */
export async function regionsOfConstellations(
  executor: SqlExecutor,
  constellationIds: readonly number[],
): Promise<ReadonlyMap<number, number | null>> {
  const ids = JSON.stringify(constellationIds);
  return new Map(await readJsonRows<[number, number | null]>(executor, SELECT_REGIONS_OF, ids));
}

/** Stations and others of outstanding contracts whose system is not known. */
const COUNT_PLACELESS = `
SELECT count(DISTINCT start_location_id)::int AS count FROM contracts
LEFT JOIN locations ON location_id = start_location_id
WHERE status = 'outstanding' AND start_location_id IS NOT NULL
  AND coalesce(kind, '') <> 'structure' AND locations.system_id IS NULL`;

/** Locations of outstanding contracts, structures left out, whose system is not known. */
export async function countPlaceless(executor: SqlExecutor): Promise<number> {
  const [row] = await executor.query<{ count: number }>(COUNT_PLACELESS);
  return row?.count ?? 0;
}
