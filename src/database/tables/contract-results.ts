import type { Classification, ItemsStatus } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchStatement, executeBatch } from './batch.ts';
import { type Columns, columnsOf } from './columns.ts';

/** How asking for a contract's items went. */
interface ItemsAnswer {
  readonly itemsStatus: ItemsStatus;
  readonly itemsFetchedAt: Date | null;
  readonly itemsAttempts: number;
  readonly itemsRetryAt: Date | null;
}

/** How asking for a contract's items went, and what they say. */
export interface ContractResult extends ItemsAnswer, Classification {}

export interface ResultOfContract extends ContractId, ContractResult {}

export interface ContractId {
  readonly contractId: number;
}

/** A stored contract whose items are still to be had or classified. */
export interface BacklogContract extends ContractId {
  readonly type: string;
  readonly itemsAttempts: number;
  /** The items are stored; a type was missing when they came. */
  readonly hasItems: boolean;
}

/** What is stored of a region's contracts. */
export interface RegionStanding {
  readonly outstanding: number;
  /** Whether items are still to be had or classified. */
  readonly hasBacklog: boolean;
}

export const CONTRACT_ID = columnsOf<ContractId>({ contractId: 'bigint' });

const CLASSIFICATION = columnsOf<Classification>({
  isShipContract: 'boolean',
  shipReason: 'text',
  containsAdditionalItems: 'boolean',
  requestsItems: 'boolean',
  shipTypeId: 'integer',
  quantity: 'bigint',
  isBlueprintCopy: 'boolean',
  runs: 'integer',
  materialEfficiency: 'integer',
  timeEfficiency: 'integer',
});

/** The columns of `contracts` that say what came of a contract's items. */
export const RESULT: Columns<ContractResult> = columnsOf<ItemsAnswer>({
  itemsStatus: 'text',
  itemsFetchedAt: 'timestamptz',
  itemsAttempts: 'smallint',
  itemsRetryAt: 'timestamptz',
}).and(CLASSIFICATION);

/** The fields that are not null while a contract's items are not known. */
type NeverNull = {
  readonly [Field in keyof ContractResult as null extends ContractResult[Field]
    ? never
    : Field]: string;
};

const NOT_KNOWN = {
  itemsStatus: `'pending'`,
  itemsAttempts: '0',
  isShipContract: 'false',
  containsAdditionalItems: 'false',
  requestsItems: 'false',
} satisfies NeverNull;

/** Column → SQL for its value while the items are not known. */
export const UNKNOWN_RESULT: ReadonlyMap<string, string> = unknownResult(NOT_KNOWN);

function unknownResult(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(RESULT.list.map(({ field, name }) => [name, values[field] ?? 'NULL']));
}

/** Results of contracts; then the number of the run. */
function resultWriter<Row>(result: Columns<Row>) {
  const statement = batchStatement(
    CONTRACT_ID.and(result),
    ({ rows, parameter }) => `
UPDATE contracts AS stored SET ${result.assignments('result')},
  changed_in = ${parameter(1)}::bigint
FROM ${rows('result')}
WHERE stored.contract_id = result.contract_id AND ${result.differ('stored', 'result')}`,
  );
  return (executor: SqlExecutor, rows: readonly (ContractId & Row)[], runNumber: number) =>
    executeBatch(executor, statement, rows, runNumber);
}

/** Writes what came of the items of stored contracts. */
export const updateResults = resultWriter(RESULT);

/** Writes how stored contracts are classified. */
export const updateClassification = resultWriter(CLASSIFICATION);

/** ESI tells of an hour at most: what is further ahead was reckoned by a clock that was wrong. */
const hasCome = (time: string, now: string) =>
  `(${time} <= ${now}::timestamptz OR ${time} > ${now}::timestamptz + interval '2 hours')`;

/** Whether the items of an outstanding contract are still to be had or classified. */
const isBacklog = (now: string, maxAttempts: string) =>
  `(items_attempts < ${maxAttempts} AND (items_status = 'pending'
    OR (items_status = 'unavailable' AND ${hasCome('items_retry_at', now)})))`;

/** $1 region, $2 now, $3 attempts at most → [contract_id, type, items_attempts, has items]. */
const SELECT_BACKLOG = `
SELECT coalesce(json_agg(json_build_array(contract_id, type, items_attempts,
  EXISTS (SELECT 1 FROM contract_items AS item WHERE item.contract_id = contracts.contract_id))
  ORDER BY contract_id), '[]')::text AS rows
FROM contracts
WHERE region_id = $1 AND status = 'outstanding' AND ${isBacklog('$2', '$3')}`;

/** $1 now, $2 attempts at most → [region_id, outstanding, has backlog]. */
const SELECT_STANDINGS = `
SELECT coalesce(json_agg(json_build_array(region_id, outstanding, has_backlog)), '[]')::text AS rows
FROM (
  SELECT region_id, count(*) AS outstanding, bool_or(${isBacklog('$1', '$2')}) AS has_backlog
  FROM contracts WHERE status = 'outstanding' GROUP BY region_id) AS standings`;

/** $1 contract ids → how many of them are ship contracts. */
const COUNT_SHIPS = `
SELECT count(*)::int AS count FROM contracts
WHERE is_ship_contract AND contract_id IN (SELECT json_array_elements_text($1::json)::bigint)`;

/** Contracts of a region whose items are still to be had or classified. */
export async function backlogOf(
  executor: SqlExecutor,
  regionId: number,
  now: Date,
  maxAttempts: number,
): Promise<BacklogContract[]> {
  const rows = await readJsonRows<[number, string, number, boolean]>(
    executor,
    SELECT_BACKLOG,
    regionId,
    now,
    maxAttempts,
  );
  return rows.map(([contractId, type, itemsAttempts, hasItems]) => ({
    contractId,
    type,
    itemsAttempts,
    hasItems,
  }));
}

/** What is stored of each region that has outstanding contracts. */
export async function standingsOf(
  executor: SqlExecutor,
  now: Date,
  maxAttempts: number,
): Promise<ReadonlyMap<number, RegionStanding>> {
  const rows = await readJsonRows<[number, number, boolean]>(
    executor,
    SELECT_STANDINGS,
    now,
    maxAttempts,
  );
  return new Map(
    rows.map(([regionId, outstanding, hasBacklog]) => [regionId, { outstanding, hasBacklog }]),
  );
}

/** How many of the contracts are ship contracts. */
export async function countShips(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<number> {
  if (contractIds.length === 0) return 0;
  const ids = JSON.stringify(contractIds);
  const rows = await executor.query<{ count: number }>(COUNT_SHIPS, ids);
  return rows[0]?.count ?? 0;
}
