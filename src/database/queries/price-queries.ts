import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { exactly } from './offer-filter.ts';

/** Which contracts are looked at. */
export interface PriceFilter {
  readonly typeIds: readonly number[];
  readonly regionIds: readonly number[] | undefined;
  /** Ended on this day (`2026-11-27`, UTC) or later. */
  readonly since: string;
  readonly now: Date;
  readonly isBlueprintCopy: boolean | undefined;
  readonly runs: number | undefined;
  readonly materialEfficiency: number | undefined;
  readonly timeEfficiency: number | undefined;
}

/** One kind of thing: what is equal in it has one price. */
export interface Kind {
  readonly typeId: number;
  readonly item: string | null;
  readonly isBlueprintCopy: boolean;
  readonly runs: number | null;
  readonly materialEfficiency: number | null;
  readonly timeEfficiency: number | null;
}

/** What became of contracts, or the reason why they do not count; `asked`: those that are open. */
export type PriceGroup =
  | 'confirmed'
  | 'likely'
  | 'unknown'
  | 'asked'
  | 'expired'
  | 'relisted'
  | 'asks_in_return'
  | 'no_price'
  | 'auction_price_unknown';

/** Prices of one kind and group; ISK each to the last digit, null where there are none. */
export interface PriceRow extends Kind {
  readonly group: PriceGroup;
  readonly n: number;
  readonly sellers: number;
  readonly minimum: string | null;
  readonly q1: string | null;
  readonly median: string | null;
  readonly q3: string | null;
  readonly maximum: string | null;
  /** Over 3 times or under a third of the median, from 5 on; they count in `n`. */
  readonly outliers: number;
}

/** The median of a day. */
export interface DayPrice extends Kind {
  /** `2026-11-27`, UTC. */
  readonly day: string;
  readonly group: 'confirmed' | 'likely' | 'unknown';
  readonly n: number;
  /** ISK each. */
  readonly median: number;
}

/** What the filter finds. */
export interface Prices {
  readonly rows: readonly PriceRow[];
  readonly days: readonly DayPrice[];
}

const KIND = {
  typeId: 'type_id',
  item: 'item',
  isBlueprintCopy: 'is_blueprint_copy',
  runs: 'runs',
  materialEfficiency: 'material_efficiency',
  timeEfficiency: 'time_efficiency',
} satisfies Record<keyof Kind, string>;
const KIND_COLUMNS = Object.values(KIND).join(', ');

const quantile = (share: number) =>
  `round((percentile_cont(${share}) WITHIN GROUP (ORDER BY price_each))::numeric, 2)`;

const ROW = {
  ...KIND,
  group: '"group"',
  n: 'n',
  sellers: 'sellers',
  minimum: exactly('minimum'),
  q1: exactly('q1'),
  median: exactly('median'),
  q3: exactly('q3'),
  maximum: exactly('maximum'),
  outliers: 'outliers',
} satisfies Record<keyof PriceRow, string>;

const DAY = {
  ...KIND,
  day: 'day',
  group: '"group"',
  n: 'n',
  median: 'median',
} satisfies Record<keyof DayPrice, string>;

/**
 * $1 types, $2 regions or null, $3 first day, $4 now, $5 copies or null, $6 runs, $7 and $8
 * efficiencies or null. Ends of contracts, and what is open now and clean (SPEC §5.15).
 */
const SELECT_PRICES = `
WITH offers AS (
  SELECT region_id, issuer_id, goods.*, 'asked' AS "group", NULL::date AS day,
    round(price / goods.quantity, 2) AS price_each
  FROM contracts JOIN contract_goods AS goods USING (contract_id)
  WHERE status = 'outstanding' AND type = 'item_exchange' AND NOT requests_items AND price > 0
    AND date_expired > $4::timestamptz AND goods.type_id = ANY ($1::text::integer[])),
ends AS (
  SELECT region_id, issuer_id, contract_id, type_id, is_blueprint_copy, runs, material_efficiency,
    time_efficiency, quantity, coalesce(certainty, excluded) AS "group", day, price_each
  FROM contract_ends
  WHERE type_id = ANY ($1::text::integer[])
    AND ended_before >= $3::date::timestamp AT TIME ZONE 'UTC'),
found AS MATERIALIZED (
  SELECT found.*, type.name AS item
  FROM (SELECT region_id, issuer_id, ${withoutItem()}, "group", day, price_each FROM offers
    UNION ALL SELECT region_id, issuer_id, ${withoutItem()}, "group", day, price_each FROM ends) AS found
  LEFT JOIN esi_type_cache AS type USING (type_id)
  WHERE ($2::text IS NULL OR region_id = ANY ($2::text::integer[]))
    AND ($5::boolean IS NULL OR is_blueprint_copy = $5)
    AND ($6::integer IS NULL OR runs = $6)
    AND ($7::integer IS NULL OR material_efficiency = $7)
    AND ($8::integer IS NULL OR time_efficiency = $8)),
medians AS (
  SELECT ${KIND_COLUMNS}, "group", ${quantile(0.5)} AS median FROM found
  GROUP BY ${KIND_COLUMNS}, "group"),
priced AS (
  SELECT ${prefixed('found')}, found."group", count(*) AS n, count(DISTINCT issuer_id) AS sellers,
    min(price_each) AS minimum, ${quantile(0.25)} AS q1, ${quantile(0.5)} AS median,
    ${quantile(0.75)} AS q3, max(price_each) AS maximum,
    CASE WHEN count(*) < 5 THEN 0 ELSE count(*) FILTER (WHERE price_each > 3 * medians.median
      OR price_each < medians.median / 3) END AS outliers
  FROM found JOIN medians ON (${prefixed('found')}, found."group")
    IS NOT DISTINCT FROM (${prefixed('medians')}, medians."group")
  GROUP BY ${prefixed('found')}, found."group"),
daily AS (
  SELECT ${KIND_COLUMNS}, "group", day, count(*) AS n, ${quantile(0.5)} AS median FROM found
  WHERE day IS NOT NULL AND price_each IS NOT NULL GROUP BY ${KIND_COLUMNS}, "group", day)
SELECT json_build_array(
  (SELECT coalesce(json_agg(${jsonObject(ROW)} ORDER BY ${KIND_COLUMNS}, "group"), '[]') FROM priced),
  (SELECT coalesce(json_agg(${jsonObject(DAY)} ORDER BY ${KIND_COLUMNS}, "group", day), '[]') FROM daily)
)::text AS rows`;

function withoutItem(): string {
  return KIND_COLUMNS.replace('item, ', '');
}

function prefixed(table: string): string {
  return Object.values(KIND)
    .map((name) => `${table}.${name}`)
    .join(', ');
}

/** Prices of contracts that have ended, and of those that are open, by kind. */
export async function findPrices(executor: SqlExecutor, filter: PriceFilter): Promise<Prices> {
  const { typeIds, regionIds, since, now, isBlueprintCopy } = filter;
  const [rows, days] = (await readJsonRows(
    executor,
    SELECT_PRICES,
    `{${typeIds.join(',')}}`,
    regionIds === undefined ? null : `{${regionIds.join(',')}}`,
    since,
    now,
    isBlueprintCopy ?? null,
    filter.runs ?? null,
    filter.materialEfficiency ?? null,
    filter.timeEfficiency ?? null,
  )) as unknown as [PriceRow[], DayPrice[]];
  return { rows, days };
}

const SELECT_PRUNED = `
SELECT pruned_before::text AS day FROM outcome_progress WHERE pruned_before IS NOT NULL`;

/** The first day (UTC) of whose ends all are still stored; undefined when none was ever deleted. */
export async function firstWholeDay(executor: SqlExecutor): Promise<string | undefined> {
  const [row] = await executor.query<{ day: string }>(SELECT_PRUNED);
  return row?.day;
}
