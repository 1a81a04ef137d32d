import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import {
  countOffers,
  exactly,
  inUtc,
  OFFER_CONDITIONS,
  OFFER_PLACE,
  type OfferFilter,
  type OfferPlace,
  offerValues,
  orderBy,
  PLACE_JOINS,
  type ShipOrder,
  WITHOUT_LIMIT,
} from './offer-filter.ts';

/** What buyers of ships filter by. */
export interface ShipFilter extends Omit<OfferFilter, 'order'> {
  readonly order: ShipOrder;
}

/** A stored ship contract, with the names of its region and hull. */
export interface ShipOffer extends OfferPlace {
  readonly contractId: number;
  readonly regionId: number;
  readonly region: string | null;
  readonly typeId: number;
  readonly ship: string | null;
  readonly quantity: number;
  /** ISK, to the last digit. */
  readonly price: string | null;
  /** ISK for one of the hulls, to the cent. */
  readonly priceEach: string | null;
  readonly containsAdditionalItems: boolean;
  readonly requestsItems: boolean;
  readonly title: string | null;
  /** ISO 8601, UTC; as is dateExpired. */
  readonly dateIssued: string;
  readonly dateExpired: string;
}

const COUNT_SHIPS = `
SELECT count(*)::int AS count FROM contracts
WHERE is_ship_contract AND status = 'outstanding'
  AND region_id IN (SELECT json_array_elements_text($1::json)::integer)`;

const PRICE_EACH = 'round(price / nullif(quantity, 0), 2)';

const SHIP_OFFER: Readonly<Record<keyof ShipOffer, string>> = {
  contractId: 'contract_id',
  regionId: 'region_id',
  region: 'regions.name',
  typeId: 'ship_type_id',
  ship: 'type.name',
  quantity: 'quantity',
  price: exactly('price'),
  priceEach: exactly(PRICE_EACH),
  containsAdditionalItems: 'contains_additional_items',
  requestsItems: 'requests_items',
  title: 'title',
  dateIssued: inUtc('date_issued'),
  dateExpired: inUtc('date_expired'),
  ...OFFER_PLACE,
};

const WANTED = `
  FROM contracts
  LEFT JOIN regions USING (region_id)
  LEFT JOIN esi_type_cache AS type ON type.type_id = ship_type_id ${PLACE_JOINS}
  WHERE is_ship_contract AND status = 'outstanding' AND date_expired > $7::timestamptz
    AND ($2::text IS NULL OR ship_type_id = ANY ($2::text::integer[]))
    AND ($3::text IS NULL OR type.group_id = ANY ($3::text::integer[]))
    AND ${OFFER_CONDITIONS}`;

function selectShips({ order, isReversed }: ShipFilter): string {
  const sorting = orderBy(order, isReversed);
  return `
SELECT coalesce(json_agg(ship ORDER BY ${sorting}), '[]')::text AS rows FROM (
  SELECT contract_id, price, ${PRICE_EACH} AS price_each, date_expired, date_issued,
    ${jsonObject(SHIP_OFFER)} AS ship ${WANTED}
  ORDER BY ${sorting} LIMIT $10::bigint) AS ships`;
}

/** Outstanding ship contracts of the regions. */
export async function countShipContracts(
  executor: SqlExecutor,
  regionIds: readonly number[],
): Promise<number> {
  const rows = await executor.query<{ count: number }>(COUNT_SHIPS, JSON.stringify(regionIds));
  return rows[0]?.count ?? 0;
}

/** Ship contracts that can still be had. */
export function findShips(executor: SqlExecutor, filter: ShipFilter): Promise<ShipOffer[]> {
  return readJsonRows<ShipOffer>(executor, selectShips(filter), ...offerValues(filter));
}

/** How many there are, whatever the limit. */
export function countMatchingShips(executor: SqlExecutor, filter: ShipFilter): Promise<number> {
  return countOffers(executor, WANTED, offerValues({ ...filter, limit: WITHOUT_LIMIT }));
}
