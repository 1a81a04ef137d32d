import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { exactly, inUtc } from './offer-filter.ts';

/** A contract as it is now, changed since a reader's last look. Names are those of the columns. */
export interface Change {
  readonly contract_id: number;
  readonly changed_in: number | null;
  readonly listed_in: number | null;
  readonly is_baseline: boolean;
  readonly region_id: number;
  readonly type: string;
  readonly status: string;
  readonly title: string | null;
  /** ISK to the last digit, as are reward, collateral and buyout. */
  readonly price: string | null;
  readonly reward: string | null;
  readonly collateral: string | null;
  readonly buyout: string | null;
  readonly volume: number | null;
  readonly days_to_complete: number | null;
  readonly issuer_id: number;
  readonly issuer_corporation_id: number;
  readonly for_corporation: boolean;
  readonly start_location_id: number | null;
  readonly end_location_id: number | null;
  /** ISO 8601, UTC; as are all times. */
  readonly date_issued: string;
  readonly date_expired: string;
  readonly first_seen_at: string;
  readonly closed_at: string | null;
  readonly ended_after: string | null;
  readonly ended_before: string | null;
  readonly outcome: string | null;
  readonly outcome_confidence: string | null;
  /** ISK to the last digit. */
  readonly outcome_price: string | null;
  readonly successor_id: number | null;
  readonly items_status: string;
  readonly is_ship_contract: boolean;
  readonly ship_reason: string | null;
  readonly contains_additional_items: boolean;
  readonly requests_items: boolean;
  readonly ship_type_id: number | null;
  readonly quantity: number | null;
  readonly is_blueprint_copy: boolean | null;
  readonly runs: number | null;
  readonly material_efficiency: number | null;
  readonly time_efficiency: number | null;
}

const CHANGE: Readonly<Record<keyof Change, string>> = {
  contract_id: 'contract_id',
  changed_in: 'changed_in',
  listed_in: 'listed_in',
  is_baseline: 'is_baseline',
  region_id: 'region_id',
  type: 'type',
  status: 'status',
  title: 'title',
  price: exactly('price'),
  reward: exactly('reward'),
  collateral: exactly('collateral'),
  buyout: exactly('buyout'),
  volume: 'volume',
  days_to_complete: 'days_to_complete',
  issuer_id: 'issuer_id',
  issuer_corporation_id: 'issuer_corporation_id',
  for_corporation: 'for_corporation',
  start_location_id: 'start_location_id',
  end_location_id: 'end_location_id',
  date_issued: inUtc('date_issued'),
  date_expired: inUtc('date_expired'),
  first_seen_at: inUtc('first_seen_at'),
  closed_at: inUtc('closed_at'),
  ended_after: inUtc('ended_after'),
  ended_before: inUtc('ended_before'),
  outcome: 'outcome',
  outcome_confidence: 'outcome_confidence',
  outcome_price: exactly('outcome_price'),
  successor_id: 'successor_id',
  items_status: 'items_status',
  is_ship_contract: 'is_ship_contract',
  ship_reason: 'ship_reason',
  contains_additional_items: 'contains_additional_items',
  requests_items: 'requests_items',
  ship_type_id: 'ship_type_id',
  quantity: 'quantity',
  is_blueprint_copy: 'is_blueprint_copy',
  runs: 'runs',
  material_efficiency: 'material_efficiency',
  time_efficiency: 'time_efficiency',
};

/**
 * A run that has ended writes no more, and its successor has a higher number: so all that it changed
 * is there. What a run at work has changed is left to the next look.
 */
const SELECT_LAST_FINISHED = `
SELECT coalesce(max(number), 0)::text AS number FROM aggregation_runs WHERE finished_at IS NOT NULL`;

/** $1 since, $2 until, $3, $4 run and id of the last of the page before, $5 rows, $6 baselines too. */
const SELECT_CHANGES = `
SELECT coalesce(json_agg(change ORDER BY changed_in, contract_id), '[]')::text AS rows FROM (
  SELECT changed_in, contract_id, ${jsonObject(CHANGE)} AS change FROM contracts
  WHERE changed_in > $1::bigint AND changed_in <= $2::bigint
    AND (changed_in, contract_id) > ($3::bigint, $4::bigint)
    AND (NOT is_baseline OR $6::boolean)
  ORDER BY changed_in, contract_id LIMIT $5::bigint) AS changes`;

/** $1 the last contract of the page before, $2 rows of a page: what was stored before runs had numbers. */
const SELECT_UNNUMBERED = `
SELECT coalesce(json_agg(change ORDER BY contract_id), '[]')::text AS rows FROM (
  SELECT contract_id, ${jsonObject(CHANGE)} AS change FROM contracts
  WHERE changed_in IS NULL AND contract_id > $1::bigint
  ORDER BY contract_id LIMIT $2::bigint) AS changes`;

/** The number of the last run that has ended; 0 for none. */
export async function lastFinishedRun(executor: Pick<SqlExecutor, 'query'>): Promise<number> {
  const [row] = await executor.query<{ number: string }>(SELECT_LAST_FINISHED);
  return Number(row?.number ?? 0);
}

/** What a reader of changes asks for. */
export interface ChangesQuestion {
  /** Changed in runs after this one, up to and with the other. */
  readonly since: number;
  readonly until: number;
  /** Contracts that were there when their region was first read, too. */
  readonly withBaseline: boolean;
}

/** The latest state of each contract that changed, page by page, oldest changes first. */
export async function* findChanges(
  executor: SqlExecutor,
  { since, until, withBaseline }: ChangesQuestion,
  pageRows: number,
): AsyncGenerator<readonly Change[]> {
  if (since === 0 && withBaseline) yield* findUnnumbered(executor, pageRows);
  let last: readonly [number | null, number] = [since, Number.MAX_SAFE_INTEGER];
  while (true) {
    const values = [since, until, ...last, pageRows, withBaseline];
    const page = await readJsonRows<Change>(executor, SELECT_CHANGES, ...values);
    if (page.length > 0) yield page;
    const end = page.at(-1);
    if (end === undefined || page.length < pageRows) return;
    last = [end.changed_in, end.contract_id];
  }
}

async function* findUnnumbered(
  executor: SqlExecutor,
  pageRows: number,
): AsyncGenerator<readonly Change[]> {
  let lastId = 0;
  while (true) {
    const page = await readJsonRows<Change>(executor, SELECT_UNNUMBERED, lastId, pageRows);
    if (page.length > 0) yield page;
    const end = page.at(-1);
    if (end === undefined || page.length < pageRows) return;
    lastId = end.contract_id;
  }
}
