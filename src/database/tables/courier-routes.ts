import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchWriter } from './batch.ts';
import { columnsOf } from './columns.ts';

/** Two systems between which a courier goes. */
interface SystemPair {
  readonly startSystemId: number;
  readonly endSystemId: number;
}

/** The way between two systems, by stargates; null where there is none. */
export interface CourierRoute extends SystemPair {
  readonly jumps: number | null;
  /** Through systems of high security alone. */
  readonly jumpsHighSec: number | null;
  /** The lowest security status on the shortest way, the safest where there are several. */
  readonly minSecurity: number | null;
  /** The map that it was computed on. */
  readonly mapVersion: string;
}

/** The columns of `courier_routes`. */
export const COURIER_ROUTE = columnsOf<CourierRoute>({
  startSystemId: 'integer',
  endSystemId: 'integer',
  jumps: 'integer',
  jumpsHighSec: 'integer',
  minSecurity: 'double precision',
  mapVersion: 'text',
});

/** Stores routes; those of an older map are replaced. */
export const saveRoutes = batchWriter(
  COURIER_ROUTE,
  ({ rows }) => `
INSERT INTO courier_routes (${COURIER_ROUTE.names()})
SELECT ${COURIER_ROUTE.names()} FROM ${rows('route')} ORDER BY start_system_id, end_system_id
ON CONFLICT (start_system_id, end_system_id) DO UPDATE SET
  ${COURIER_ROUTE.without('startSystemId', 'endSystemId').assignments('excluded')}`,
);

/** Stargates may come from ESI, too: so their number is a part of it. */
const MAP_VERSION = `
(SELECT coalesce((SELECT version FROM static_data WHERE name = 'new_eden'), '')
  || '/' || (SELECT count(*) FROM system_jumps))`;

/** → [start, end] of outstanding couriers that have no route on the map as it is. */
const SELECT_UNROUTED = `
SELECT json_build_array(json_build_object('mapVersion', ${MAP_VERSION}, 'pairs', (
  SELECT coalesce(json_agg(json_build_array(start_system_id, end_system_id)), '[]') FROM (
    SELECT DISTINCT start_place.system_id AS start_system_id, end_place.system_id AS end_system_id
    FROM contracts
    JOIN locations AS start_place ON start_place.location_id = start_location_id
    JOIN locations AS end_place ON end_place.location_id = end_location_id
    WHERE contracts.type = 'courier' AND status = 'outstanding'
      AND start_place.system_id IS NOT NULL AND end_place.system_id IS NOT NULL
    EXCEPT
    SELECT start_system_id, end_system_id FROM courier_routes
    WHERE map_version = ${MAP_VERSION}) AS unrouted)))::text AS rows`;

/** What is to be computed, and on which map. */
interface Unrouted {
  readonly mapVersion: string;
  readonly pairs: readonly (readonly [startSystemId: number, endSystemId: number])[];
}

export async function findUnrouted(executor: SqlExecutor): Promise<Unrouted> {
  const [found] = await readJsonRows<Unrouted>(executor, SELECT_UNROUTED);
  return found ?? { mapVersion: '', pairs: [] };
}

/** A map of systems and stargates. */
export interface StarMap {
  /** System → its security status; null where it is not known. */
  readonly security: ReadonlyMap<number, number | null>;
  /** Stargates, each way: from, to. */
  readonly gates: readonly (readonly [fromSystemId: number, toSystemId: number])[];
}

const SELECT_SYSTEMS = `
SELECT coalesce(json_agg(json_build_array(system_id, security_status)), '[]')::text AS rows
FROM systems`;

const SELECT_GATES = `
SELECT coalesce(json_agg(json_build_array(from_system_id, to_system_id)), '[]')::text AS rows
FROM system_jumps`;

export async function readStarMap(executor: SqlExecutor): Promise<StarMap> {
  const systems = await readJsonRows<[number, number | null]>(executor, SELECT_SYSTEMS);
  const gates = await readJsonRows<[number, number]>(executor, SELECT_GATES);
  return { security: new Map(systems), gates };
}
