import type { SqlExecutor } from './database.ts';
import { readJsonRows } from './json-rows.ts';

/** What buyers filter by; undefined filters nothing. */
export interface ShipFilter {
  readonly regionIds: readonly number[] | undefined;
  readonly typeIds: readonly number[] | undefined;
  /** ISK. */
  readonly maxPrice: number | undefined;
  readonly now: Date;
  readonly limit: number;
}

/** A stored ship contract, with the names of its region and hull. */
export interface ShipOffer {
  readonly contractId: number;
  readonly regionId: number;
  readonly region: string | null;
  readonly typeId: number;
  readonly ship: string | null;
  readonly quantity: number;
  /** ISK. */
  readonly price: number | null;
  readonly containsAdditionalItems: boolean;
  readonly requestsItems: boolean;
  readonly title: string | null;
  readonly locationId: number | null;
  /** ISO 8601, UTC. */
  readonly dateExpired: string;
}

/** Things that a user may call by name. */
export type NamedTable = 'regions' | 'esi_type_cache';

const COUNT_SHIPS = `
SELECT count(*)::int AS count FROM contracts
WHERE is_ship_contract AND status = 'outstanding'
  AND region_id IN (SELECT json_array_elements_text($1::json)::integer)`;

/** $1, $2 ids as JSON or null, $3 price or null, $4 now, $5 limit. */
const SELECT_SHIPS = `
SELECT coalesce(json_agg(ship ORDER BY price, contract_id), '[]')::text AS rows FROM (
  SELECT contract_id, price, json_build_object(
    'contractId', contract_id, 'regionId', region_id, 'region', regions.name,
    'typeId', ship_type_id, 'ship', type.name, 'quantity', quantity, 'price', price,
    'containsAdditionalItems', contains_additional_items, 'requestsItems', requests_items,
    'title', title, 'locationId', start_location_id,
    'dateExpired', to_char(date_expired AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS ship
  FROM contracts
  LEFT JOIN regions USING (region_id)
  LEFT JOIN esi_type_cache AS type ON type.type_id = ship_type_id
  WHERE is_ship_contract AND status = 'outstanding' AND date_expired > $4::timestamptz
    AND ($1::json IS NULL OR region_id IN (SELECT json_array_elements_text($1::json)::integer))
    AND ($2::json IS NULL OR ship_type_id IN (SELECT json_array_elements_text($2::json)::integer))
    AND ($3::numeric IS NULL OR price <= $3::numeric)
  ORDER BY price, contract_id LIMIT $5) AS ships`;

const FIND_BY_NAME: Readonly<Record<NamedTable, string>> = {
  regions: 'SELECT region_id AS id FROM regions WHERE lower(name) = lower($1)',
  esi_type_cache: 'SELECT type_id AS id FROM esi_type_cache WHERE lower(name) = lower($1)',
};

/** Outstanding ship contracts of the regions. */
export async function countShipContracts(
  executor: SqlExecutor,
  regionIds: readonly number[],
): Promise<number> {
  const rows = await executor.query<{ count: number }>(COUNT_SHIPS, JSON.stringify(regionIds));
  return rows[0]?.count ?? 0;
}

/** Ship contracts that can still be had, cheapest first. */
export function findShips(executor: SqlExecutor, filter: ShipFilter): Promise<ShipOffer[]> {
  return readJsonRows<ShipOffer>(
    executor,
    SELECT_SHIPS,
    jsonOrNull(filter.regionIds),
    jsonOrNull(filter.typeIds),
    filter.maxPrice ?? null,
    filter.now,
    filter.limit,
  );
}

/** The id of what the database knows under a name, whatever its case. */
export async function findIdByName(
  executor: SqlExecutor,
  table: NamedTable,
  name: string,
): Promise<number | undefined> {
  const [row] = await executor.query<{ id: number }>(FIND_BY_NAME[table], name);
  return row?.id;
}

function jsonOrNull(ids: readonly number[] | undefined): string | null {
  return ids === undefined ? null : JSON.stringify(ids);
}
