import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';

/** Of how many prices on, one that is far from the others counts as an outlier (SPEC §5.15). */
const OUTLIERS_FROM = 5;
const KIND = 'type_id, is_blueprint_copy, runs, material_efficiency, time_efficiency';
const REASONS = ['expired', 'relisted', 'asks_in_return', 'no_price', 'auction_price_unknown'];
const CERTAINTIES = ['confirmed', 'likely', 'unknown'];

/**
 * $1 number of a run → the days on which contracts ended that changed since, also those of ends that
 * were none. Days whose contracts were deleted stay as they are.
 */
const SELECT_TOUCHED = `
SELECT coalesce(json_agg(DISTINCT day::text ORDER BY day::text), '[]')::text AS rows FROM (
  SELECT unnest(ARRAY[
    (ended_before AT TIME ZONE 'UTC')::date,
    ((outcome_evidence #>> '{voided,endedBefore}')::timestamptz AT TIME ZONE 'UTC')::date]) AS day
  FROM contracts WHERE changed_in > $1) AS touched
WHERE day >= coalesce((SELECT pruned_before FROM outcome_progress), '-infinity')`;

const perCertainty = (write: (certainty: string) => readonly string[]) =>
  CERTAINTIES.flatMap(write).join(',\n    ');

const among = (certainty: string) => `FILTER (WHERE certainty = '${certainty}')`;

const quantile = (share: number, certainty: string) =>
  `round((percentile_cont(${share}) WITHIN GROUP (ORDER BY price_each) ${among(certainty)})::numeric, 2)`;

/** In the order of `COLUMNS`. */
const statistics = (certainty: string) => [
  `count(*) ${among(certainty)}`,
  `count(DISTINCT issuer_id) ${among(certainty)}`,
  `min(price_each) ${among(certainty)}`,
  quantile(0.25, certainty),
  quantile(0.5, certainty),
  quantile(0.75, certainty),
  `max(price_each) ${among(certainty)}`,
  `count(*) FILTER (WHERE certainty = '${certainty}' AND of_certainty >= ${OUTLIERS_FROM}
      AND (price_each > 3 * median OR price_each < median / 3))`,
];

const STATISTICS = ['n', 'sellers', 'minimum', 'q1', 'median', 'q3', 'maximum', 'outliers'];
const KEY = `day, region_id, ${KIND}`;
const VALUES = [
  ...CERTAINTIES.flatMap((certainty) => STATISTICS.map((name) => `${certainty}_${name}`)),
  'excluded',
];

const excluded = `jsonb_strip_nulls(jsonb_build_object(${REASONS.map(
  (reason) => `'${reason}', nullif(count(*) FILTER (WHERE excluded = '${reason}'), 0)`,
).join(', ')}))`;

/**
 * $1 days as JSON. What is not there any more goes, what is equal is not written. Contract by contract,
 * by the indexes: the planner cannot know how few ended on these days.
 */
const RECOMPUTE = `
WITH touched AS (SELECT json_array_elements_text($1::json)::date AS day),
ends AS MATERIALIZED (
  SELECT touched.day, region_id, type_id, is_blueprint_copy, coalesce(runs, 0) AS runs,
    coalesce(material_efficiency, 0) AS material_efficiency,
    coalesce(time_efficiency, 0) AS time_efficiency, issuer_id, certainty, price_each, excluded
  FROM touched CROSS JOIN LATERAL (SELECT contract_id FROM contracts
    WHERE ended_before >= touched.day::timestamp AT TIME ZONE 'UTC'
      AND ended_before < (touched.day + 1)::timestamp AT TIME ZONE 'UTC' OFFSET 0) AS of_day
  CROSS JOIN LATERAL (SELECT * FROM contract_ends
    WHERE contract_ends.contract_id = of_day.contract_id OFFSET 0) AS ended),
medians AS (
  SELECT ${KEY}, certainty, count(*) AS of_certainty,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY price_each)::numeric AS median
  FROM ends WHERE certainty IS NOT NULL GROUP BY ${KEY}, certainty),
computed AS MATERIALIZED (
  SELECT ${KEY},
    ${perCertainty(statistics)},
    ${excluded}
  FROM ends LEFT JOIN medians USING (${KEY}, certainty) GROUP BY ${KEY}),
named (${KEY}, ${VALUES.join(', ')}) AS (SELECT * FROM computed),
gone AS (
  DELETE FROM daily_prices AS stored WHERE day IN (SELECT day FROM touched)
    AND NOT EXISTS (SELECT 1 FROM named WHERE (${columnsOf('named', KEY)}) = (${columnsOf('stored', KEY)})))
INSERT INTO daily_prices AS stored (${KEY}, ${VALUES.join(', ')})
SELECT ${KEY}, ${VALUES.join(', ')} FROM named
ON CONFLICT (${KEY}) DO UPDATE SET ${VALUES.map((name) => `${name} = excluded.${name}`).join(', ')}
WHERE (${VALUES.map((name) => `stored.${name}`).join(', ')})
  IS DISTINCT FROM (${VALUES.map((name) => `excluded.${name}`).join(', ')})`;

function columnsOf(table: string, names: string): string {
  return names
    .split(', ')
    .map((name) => `${table}.${name}`)
    .join(', ');
}

/** Days (`2026-11-27`, UTC) whose prices may be others after what changed in runs after this one. */
export function touchedDays(executor: SqlExecutor, runNumber: number): Promise<string[]> {
  return readJsonRows<string>(executor, SELECT_TOUCHED, runNumber);
}

/** Brings `daily_prices` to the contracts that ended on these days (UTC). Done twice it is as done once. */
export async function recomputeDays(executor: SqlExecutor, days: readonly string[]): Promise<void> {
  await executor.execute(RECOMPUTE, JSON.stringify(days));
}
