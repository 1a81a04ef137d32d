import type { Classification, ContractItem, ItemsStatus, PublicContract } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { arrayLiteral, arraysOf, executeBatch } from './batch-statement.ts';
import { ITEM_COLUMNS } from './columns.ts';
import * as sql from './contract-statements.ts';

/** How asking for a contract's items went, and what they say. */
export interface ContractResult extends Classification {
  readonly itemsStatus: ItemsStatus;
  readonly itemsFetchedAt: Date | null;
  readonly itemsAttempts: number;
  readonly itemsRetryAt: Date | null;
}

export interface ContractOfRegion extends PublicContract {
  readonly regionId: number;
}

export type NewContract = ContractOfRegion & ContractResult & { readonly firstSeenAt: Date };
export type ResultOfContract = ContractResult & { readonly contractId: number };

export interface ItemsOfContract {
  readonly contractId: number;
  readonly items: readonly ContractItem[];
}

/** A stored contract whose items are still to be had or classified. */
export interface BacklogContract {
  readonly contractId: number;
  readonly type: string;
  readonly itemsAttempts: number;
  /** The items are stored; a type was missing when they came. */
  readonly hasItems: boolean;
}

/** A contract with the items that are stored of it. */
export interface StoredWithItems extends ItemsOfContract {
  readonly type: string;
}

/** Where a listed contract stands against what is stored. */
export type Verdict = 'new' | 'reopened' | 'changed';

/** Finds which listed contracts need work; the others are stored as they are. */
export async function compareListed(
  executor: SqlExecutor,
  listed: readonly ContractOfRegion[],
): Promise<ReadonlyMap<number, Verdict>> {
  const { sql: compare, columns } = sql.COMPARE_LISTED;
  const rows = await readJsonRows<[number, string | null]>(
    executor,
    compare,
    ...arraysOf(columns, listed),
  );
  return new Map(rows.map(([contractId, status]) => [contractId, verdictOf(status)]));
}

function verdictOf(status: string | null): Verdict {
  if (status === null) return 'new';
  return status === 'outstanding' ? 'changed' : 'reopened';
}

/** Ids of a region's outstanding contracts → when each expires. */
export async function outstandingOf(
  executor: SqlExecutor,
  regionId: number,
): Promise<ReadonlyMap<number, number>> {
  return new Map(await readJsonRows<[number, number]>(executor, sql.SELECT_OUTSTANDING, regionId));
}

/** Contracts whose items are still to be had. */
export async function backlogOf(
  executor: SqlExecutor,
  regionId: number,
  now: Date,
  maxAttempts: number,
): Promise<BacklogContract[]> {
  const rows = await readJsonRows<[number, string, number, boolean]>(
    executor,
    sql.SELECT_BACKLOG,
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

export function insertContracts(
  executor: SqlExecutor,
  contracts: readonly NewContract[],
): Promise<number> {
  return executeBatch(executor, sql.INSERT_CONTRACTS, contracts);
}

export function updateListed(
  executor: SqlExecutor,
  contracts: readonly ContractOfRegion[],
): Promise<number> {
  return executeBatch(executor, sql.UPDATE_LISTED, contracts);
}

export function updateResults(
  executor: SqlExecutor,
  results: readonly ResultOfContract[],
): Promise<number> {
  return executeBatch(executor, sql.UPDATE_RESULTS, results);
}

export async function insertItems(
  executor: SqlExecutor,
  contracts: readonly ItemsOfContract[],
): Promise<number> {
  const items = contracts.flatMap((contract) => contract.items);
  if (items.length === 0) return 0;
  const contractIds = contracts.flatMap(({ contractId, items: own }) => own.map(() => contractId));
  return executor.execute(
    sql.INSERT_ITEMS.sql,
    arrayLiteral(contractIds, (contractId) => contractId),
    ...arraysOf(ITEM_COLUMNS, items),
  );
}

export function closeContracts(
  executor: SqlExecutor,
  regionId: number,
  vanished: readonly { contractId: number; status: 'closed' | 'expired' }[],
  now: Date,
): Promise<number> {
  return executeBatch(executor, sql.CLOSE_CONTRACTS, vanished, regionId, now);
}

/** How many of the contracts are ship contracts. */
export async function countShips(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<number> {
  if (contractIds.length === 0) return 0;
  const ids = JSON.stringify(contractIds);
  const rows = await executor.query<{ count: number }>(sql.COUNT_SHIPS, ids);
  return rows[0]?.count ?? 0;
}

/** Ids of classified contracts that hold one of the types, in order, after `afterId`. */
export function holdersOf(
  executor: SqlExecutor,
  typeIds: readonly number[],
  afterId: number,
  limit: number,
): Promise<number[]> {
  return readJsonRows<number>(
    executor,
    sql.SELECT_HOLDERS,
    JSON.stringify(typeIds),
    afterId,
    limit,
  );
}

export async function contractsWithItems(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<StoredWithItems[]> {
  const rows = await readJsonRows<[number, string, ContractItem[] | null]>(
    executor,
    sql.SELECT_WITH_ITEMS,
    JSON.stringify(contractIds),
  );
  return rows.map(([contractId, type, items]) => ({ contractId, type, items: items ?? [] }));
}

export function updateClassification(
  executor: SqlExecutor,
  classifications: readonly (Classification & { contractId: number })[],
): Promise<number> {
  return executeBatch(executor, sql.UPDATE_CLASSIFICATION, classifications);
}
