import type { SecurityClass } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';

/** In which order offers come. */
type OfferOrder = 'price' | 'expires' | 'issued';
/** In which order ships come. */
export type ShipOrder = OfferOrder | 'price-each';

/** What buyers filter by; undefined filters nothing. */
export interface OfferFilter {
  readonly regionIds?: readonly number[] | undefined;
  readonly typeIds?: readonly number[] | undefined;
  readonly groupIds?: readonly number[] | undefined;
  /** ISK, as is maxPrice. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly hasExtras?: boolean | undefined;
  /** What outstanding contracts must outlast: at least now. */
  readonly expiresAfter: Date;
  readonly expiresBefore?: Date | undefined;
  /** Part of the title, whatever its case. */
  readonly title?: string | undefined;
  readonly systemIds?: readonly number[] | undefined;
  readonly locationIds?: readonly number[] | undefined;
  readonly securityClasses?: readonly SecurityClass[] | undefined;
  /** Characters, or corporations of theirs. */
  readonly issuerIds?: readonly number[] | undefined;
  readonly order: OfferOrder;
  /** The other way round. */
  readonly isReversed?: boolean;
  readonly limit: number;
}

/** Where a contract begins and who issues it, by name. */
export const PLACE_JOINS = `
LEFT JOIN (SELECT location_id AS start_location_id, name AS location, system_id FROM locations)
  AS place USING (start_location_id)
LEFT JOIN (SELECT system_id, name AS system, security FROM systems) AS place_system
  USING (system_id)
LEFT JOIN (SELECT id AS issuer_id, name AS issuer FROM esi_names) AS issuer_name USING (issuer_id)`;

/** What is told of it; null where it is not known. */
export interface OfferPlace {
  readonly locationId: number | null;
  readonly location: string | null;
  readonly systemId: number | null;
  readonly system: string | null;
  /** As the game shows it, to one decimal. */
  readonly security: number | null;
  readonly issuerId: number;
  readonly issuer: string | null;
}

/** With `PLACE_JOINS`. */
export const OFFER_PLACE: Readonly<Record<keyof OfferPlace, string>> = {
  locationId: 'start_location_id',
  location: 'location',
  systemId: 'system_id',
  system: 'system',
  security: 'security',
  issuerId: 'issuer_id',
  issuer: 'issuer',
};

/**
 * $1 regions, $2 types, $3 groups, $4, $5 prices, $6 extras, $7, $8 expiry, $9 title, $10 limit,
 * $11 systems, $12 locations, $13 classes of security, $14 issuers.
 */
export const OFFER_CONDITIONS = `
    ($1::text IS NULL OR region_id = ANY ($1::text::integer[]))
    AND ($4::numeric IS NULL OR price >= $4::numeric)
    AND ($5::numeric IS NULL OR price <= $5::numeric)
    AND ($6::boolean IS NULL OR contains_additional_items = $6::boolean)
    AND ($8::timestamptz IS NULL OR date_expired <= $8::timestamptz)
    AND ($9::text IS NULL OR title ILIKE $9::text)
    AND ($11::text IS NULL OR start_location_id IN (
      SELECT location_id FROM locations WHERE locations.system_id = ANY ($11::text::integer[])))
    AND ($12::text IS NULL OR start_location_id = ANY ($12::text::bigint[]))
    AND ($13::text IS NULL OR start_location_id IN (
      SELECT location_id FROM locations JOIN systems USING (system_id)
      WHERE security_class = ANY ($13::text::text[])))
    AND ($14::text IS NULL OR issuer_id = ANY ($14::text::bigint[])
      OR issuer_corporation_id = ANY ($14::text::bigint[]))`;

/** The values of the parameters that every list of offers has. */
export function offerValues(filter: Omit<OfferFilter, 'order'>): readonly unknown[] {
  const { title } = filter;
  return [
    arrayOrNull(filter.regionIds),
    arrayOrNull(filter.typeIds),
    arrayOrNull(filter.groupIds),
    filter.minPrice ?? null,
    filter.maxPrice ?? null,
    filter.hasExtras ?? null,
    filter.expiresAfter,
    filter.expiresBefore ?? null,
    title === undefined ? null : `%${title.replace(/[\\%_]/g, '\\$&')}%`,
    filter.limit,
    arrayOrNull(filter.systemIds),
    arrayOrNull(filter.locationIds),
    arrayOrNull(filter.securityClasses),
    arrayOrNull(filter.issuerIds),
  ];
}

const SORTED_BY: Readonly<Record<ShipOrder, readonly [usual: string, reversed: string]>> = {
  price: ['price', 'price DESC NULLS LAST'],
  'price-each': ['price_each', 'price_each DESC NULLS LAST'],
  expires: ['date_expired', 'date_expired DESC'],
  issued: ['date_issued DESC', 'date_issued'],
};

/** By columns of contracts; the id makes it certain. */
export function orderBy(order: ShipOrder, isReversed = false): string {
  return `${SORTED_BY[order][isReversed ? 1 : 0]}, contract_id`;
}

/** As large as a limit can be. */
export const WITHOUT_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * How many offers there are.
 *
 * @param wanted from FROM on, with the parameters of the list
 * @param values those of the list, with `WITHOUT_LIMIT`
 */
export async function countOffers(
  executor: SqlExecutor,
  wanted: string,
  values: readonly unknown[],
): Promise<number> {
  const statement = `SELECT count(*)::int AS count FROM (SELECT 1 ${wanted} LIMIT $10::bigint) AS found`;
  const [row] = await executor.query<{ count: number }>(statement, ...values);
  return row?.count ?? 0;
}

/** A column with ISK as text, since a double in JSON would not hold all of its digits. */
export function exactly(column: string): string {
  return `trim_scale(${column})::text`;
}

/** A column with a time in ISO 8601, UTC. */
export function inUtc(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}

function arrayOrNull(ids: readonly (number | SecurityClass)[] | undefined): string | null {
  return ids === undefined ? null : `{${ids.join(',')}}`;
}
