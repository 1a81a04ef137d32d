import type { ContractItem } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { arraysOf, batchStatement } from './batch.ts';
import { columnsOf } from './columns.ts';
import { CONTRACT_ID, type ContractId } from './contract-results.ts';

export interface ItemsOfContract extends ContractId {
  readonly items: readonly ContractItem[];
}

/** A contract with the items that are stored of it. */
export interface StoredWithItems extends ItemsOfContract {
  readonly type: string;
}

const ITEM = columnsOf<ContractItem>({
  recordId: 'bigint',
  typeId: 'integer',
  quantity: 'bigint',
  isIncluded: 'boolean',
  isBlueprintCopy: 'boolean',
  itemId: 'bigint',
  runs: 'integer',
  materialEfficiency: 'integer',
  timeEfficiency: 'integer',
});

/** The columns of `contract_items`. */
export const CONTRACT_ITEM = CONTRACT_ID.and(ITEM);

/** Item rows, each with its contract. ESI never changes them, so what is stored stays. */
const INSERT_ITEMS = batchStatement(
  CONTRACT_ITEM,
  ({ rows }) => `
INSERT INTO contract_items (${CONTRACT_ITEM.names()})
SELECT ${CONTRACT_ITEM.names()} FROM ${rows('item')}
ORDER BY contract_id, record_id
ON CONFLICT DO NOTHING`,
);

const HOLDS_ONE = `EXISTS (
    SELECT 1 FROM contract_items AS item WHERE item.contract_id = contracts.contract_id
      AND item.type_id IN (SELECT json_array_elements_text($1::json)::integer))`;

/** $1 type ids → classified outstanding contracts that hold such a type. */
const SELECT_OUTSTANDING_HOLDERS = `
SELECT coalesce(json_agg(contract_id ORDER BY contract_id), '[]')::text AS rows FROM contracts
WHERE status = 'outstanding' AND items_status = 'fetched' AND ${HOLDS_ONE}`;

/**
 * $1 type ids, $2 the last contract seen, $3 how many contracts to look at → [the last one looked at,
 * [classified ones that hold such a type]]. By what was looked at, not by what was found: so each
 * contract is looked at once. Outstanding ones too: one may have been reopened meanwhile.
 */
const SELECT_HOLDERS_AFTER = `
WITH slice AS MATERIALIZED (
  SELECT contract_id FROM contracts WHERE contract_id > $2 ORDER BY contract_id LIMIT $3)
SELECT json_build_array((SELECT max(contract_id) FROM slice), (
  SELECT coalesce(json_agg(contract_id ORDER BY contract_id), '[]') FROM contracts
  WHERE contract_id > $2 AND contract_id <= (SELECT max(contract_id) FROM slice)
    AND items_status = 'fetched' AND ${HOLDS_ONE}))::text AS rows`;

/** $1 contract ids → [contract_id, type, [items…]]. */
const SELECT_WITH_ITEMS = `
SELECT coalesce(json_agg(json_build_array(contract_id, type, (
  SELECT json_agg(${jsonObject(ITEM.fields('item'))} ORDER BY record_id)
  FROM contract_items AS item WHERE item.contract_id = contracts.contract_id))), '[]')::text AS rows
FROM contracts
WHERE contract_id IN (SELECT json_array_elements_text($1::json)::bigint)`;

/** Item rows are sent as they are: a copy of each with its contract would be most of the work. */
export async function insertItems(
  executor: SqlExecutor,
  contracts: readonly ItemsOfContract[],
): Promise<number> {
  const items = contracts.flatMap((contract) => contract.items);
  if (items.length === 0) return 0;
  const owners = contracts.flatMap((contract) => contract.items.map(() => contract));
  const arrays = [...arraysOf(CONTRACT_ID, owners), ...arraysOf(ITEM, items)];
  return executor.execute(INSERT_ITEMS.sql, ...arrays);
}

/** Ids of the classified outstanding contracts that hold one of the types. */
export function outstandingHoldersOf(
  executor: SqlExecutor,
  typeIds: readonly number[],
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_OUTSTANDING_HOLDERS, JSON.stringify(typeIds));
}

/** A piece of the past. */
export interface HistorySlice {
  /** The last contract that was looked at; null where there were none. */
  readonly lastId: number | null;
  /** Classified contracts that hold one of the types. */
  readonly holders: readonly number[];
}

/** Looks at so many contracts after `afterId`, in the order of their ids. */
export async function holdersAfter(
  executor: SqlExecutor,
  typeIds: readonly number[],
  afterId: number,
  contracts: number,
): Promise<HistorySlice> {
  const ids = JSON.stringify(typeIds);
  const [lastId, holders] = (await readJsonRows(
    executor,
    SELECT_HOLDERS_AFTER,
    ids,
    afterId,
    contracts,
  )) as [number | null, readonly number[]];
  return { lastId, holders };
}

export async function contractsWithItems(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<StoredWithItems[]> {
  const rows = await readJsonRows<[number, string, ContractItem[] | null]>(
    executor,
    SELECT_WITH_ITEMS,
    JSON.stringify(contractIds),
  );
  return rows.map(([contractId, type, items]) => ({ contractId, type, items: items ?? [] }));
}
