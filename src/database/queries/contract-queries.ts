import type { ContractStatus } from '../../model.ts';
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
  WITHOUT_LIMIT,
} from './offer-filter.ts';

export interface ContractFilter extends OfferFilter {
  /** `outstanding` takes only what has not expired. */
  readonly statuses: readonly ContractStatus[];
  /** As ESI says them: `item_exchange`, `auction` … */
  readonly contractTypes?: readonly string[] | undefined;
  readonly hasBlueprintCopies: boolean;
}

/** A stored contract of any kind, with the names of its region and of its first item. */
export interface StoredContract extends OfferPlace {
  readonly contractId: number;
  readonly type: string;
  readonly status: string;
  readonly regionId: number;
  readonly region: string | null;
  /** Name of the first item for sale; null without items, or when its name is not known. */
  readonly firstItem: string | null;
  readonly firstTypeId: number | null;
  /** Rows of items for sale. */
  readonly itemRows: number;
  /** ISK to the last digit, as are buyout, reward and collateral. */
  readonly price: string | null;
  readonly buyout: string | null;
  readonly reward: string | null;
  readonly collateral: string | null;
  /** Cubic metres. */
  readonly volume: number | null;
  readonly containsAdditionalItems: boolean;
  readonly requestsItems: boolean;
  readonly title: string | null;
  readonly endLocationId: number | null;
  /** ISO 8601, UTC; as are dateExpired and closedAt. */
  readonly dateIssued: string;
  readonly dateExpired: string;
  readonly closedAt: string | null;
}

/**
 * Contracts that hold an item for sale of which something is true. It stands there only where it
 * filters: behind an OR, PostgreSQL would read all items.
 */
function holding(parameter: string, isGiven: boolean, condition: string, join = ''): string {
  if (!isGiven) return `${parameter}::text IS NULL`;
  return `contract_id IN (
      SELECT contract_id FROM contract_items AS item ${join} WHERE is_included AND ${condition})`;
}

function itemConditions({ typeIds, groupIds, hasBlueprintCopies }: ContractFilter): string {
  const isOfType = 'item.type_id = ANY ($2::text::integer[])';
  const isOfGroup = 'item_type.group_id = ANY ($3::text::integer[])';
  const itsType = 'JOIN esi_type_cache AS item_type USING (type_id)';
  const isCopy = 'item.is_blueprint_copy = $16::text::boolean';
  return [
    holding('$2', typeIds !== undefined, isOfType),
    holding('$3', groupIds !== undefined, isOfGroup, itsType),
    holding('$16', hasBlueprintCopies, isCopy),
  ].join(' AND ');
}

const STORED_CONTRACT: Readonly<Record<keyof StoredContract, string>> = {
  contractId: 'contract_id',
  type: 'found.type',
  status: 'status',
  regionId: 'region_id',
  region: 'regions.name',
  firstItem: 'first.name',
  firstTypeId: 'first.type_id',
  itemRows: 'coalesce(first.rows, 0)',
  price: exactly('price'),
  buyout: exactly('buyout'),
  reward: exactly('reward'),
  collateral: exactly('collateral'),
  volume: 'found.volume',
  containsAdditionalItems: 'contains_additional_items',
  requestsItems: 'requests_items',
  title: 'title',
  endLocationId: 'end_location_id',
  dateIssued: inUtc('date_issued'),
  dateExpired: inUtc('date_expired'),
  closedAt: inUtc('closed_at'),
  ...OFFER_PLACE,
};

/** The words stand in the statement: by parameters, PostgreSQL would not see that an index is partial. */
function withStatus(statuses: readonly ContractStatus[]): string {
  const words = statuses.map((status) => `'${status}'`).join(', ');
  return `status IN (${words}) AND (status <> 'outstanding' OR date_expired > $7::timestamptz)`;
}

/** $15 contract types, $16 only with blueprint copies. */
function wanted(filter: ContractFilter): string {
  return `
  FROM contracts
  WHERE ${withStatus(filter.statuses)}
    AND ($15::text IS NULL OR type = ANY ($15::text::text[]))
    AND ${itemConditions(filter)}
    AND ${OFFER_CONDITIONS}`;
}

function selectContracts(filter: ContractFilter): string {
  const order = orderBy(filter.order, filter.isReversed);
  return `
SELECT coalesce(json_agg(${jsonObject(STORED_CONTRACT)} ORDER BY ${order}), '[]')::text AS rows
FROM (
  SELECT * ${wanted(filter)}
  ORDER BY ${order} LIMIT $10::bigint) AS found
LEFT JOIN regions USING (region_id) ${PLACE_JOINS}
LEFT JOIN LATERAL (
  SELECT item.type_id, type.name, count(*) OVER () AS rows
  FROM contract_items AS item LEFT JOIN esi_type_cache AS type USING (type_id)
  WHERE item.contract_id = found.contract_id AND is_included
  ORDER BY record_id LIMIT 1) AS first ON true`;
}

/** Stored contracts of every kind. */
export function findContracts(
  executor: SqlExecutor,
  filter: ContractFilter,
): Promise<StoredContract[]> {
  return readJsonRows<StoredContract>(executor, selectContracts(filter), ...valuesOf(filter));
}

/** How many there are, whatever the limit. */
export function countMatchingContracts(
  executor: SqlExecutor,
  filter: ContractFilter,
): Promise<number> {
  return countOffers(executor, wanted(filter), valuesOf({ ...filter, limit: WITHOUT_LIMIT }));
}

/** Whether anything was ever stored. */
export async function isAnythingStored(executor: SqlExecutor): Promise<boolean> {
  return (await executor.query('SELECT 1 AS found FROM contracts LIMIT 1')).length > 0;
}

function valuesOf(filter: ContractFilter): readonly unknown[] {
  const { contractTypes } = filter;
  return [
    ...offerValues(filter),
    contractTypes === undefined ? null : wordsOf(contractTypes),
    filter.hasBlueprintCopies ? 'true' : null,
  ];
}

/** As PostgreSQL writes an array of plain words. */
function wordsOf(words: readonly string[]): string {
  return `{${words.map((word) => `"${word.replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;
}
