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

/** $1 type ids, $2 the last contract seen, $3 how many → classified contracts that hold such a type. */
const SELECT_HOLDERS = `
SELECT coalesce(json_agg(contract_id), '[]')::text AS rows FROM (
  SELECT DISTINCT contract_id FROM contract_items AS item JOIN contracts USING (contract_id)
  WHERE item.type_id IN (SELECT json_array_elements_text($1::json)::integer)
    AND contract_id > $2 AND items_status = 'fetched'
  ORDER BY contract_id LIMIT $3) AS holders`;

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

/** Ids of classified contracts that hold one of the types, in order, after `afterId`. */
export function holdersOf(
  executor: SqlExecutor,
  typeIds: readonly number[],
  afterId: number,
  limit: number,
): Promise<number[]> {
  const ids = JSON.stringify(typeIds);
  return readJsonRows<number>(executor, SELECT_HOLDERS, ids, afterId, limit);
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
