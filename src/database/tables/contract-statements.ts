import { batchStatement } from './batch-statement.ts';
import {
  assignments,
  CLASSIFICATION_COLUMNS,
  CONTRACT_ID,
  type Column,
  DATE_COLUMNS,
  differs,
  ITEM_COLUMNS,
  ITEMS_STATUS_COLUMNS,
  LISTING_COLUMNS,
  names,
} from './columns.ts';

const LISTED_COLUMNS = [...CONTRACT_ID, ...LISTING_COLUMNS, ...DATE_COLUMNS];
const FIRST_SEEN_AT: Column = { name: 'first_seen_at', type: 'timestamptz' };
const RESULT_COLUMNS = [...ITEMS_STATUS_COLUMNS, ...CLASSIFICATION_COLUMNS];
const NEW_CONTRACT_COLUMNS = [...LISTED_COLUMNS, FIRST_SEEN_AT, ...RESULT_COLUMNS];

/** ESI blurs an auction's dates, so they drift from listing to listing: the first seen stay. */
const keepsDates = (stored: string, listed: string) =>
  `(${stored}.type = 'auction' AND ${listed}.type = 'auction')`;

const followsDates = (stored: string, listed: string) =>
  `(NOT ${keepsDates(stored, listed)} AND ${differs(DATE_COLUMNS, stored, listed)})`;

const dateAssignments = (stored: string, listed: string) =>
  DATE_COLUMNS.map(
    ({ name }) =>
      `${name} = CASE WHEN ${keepsDates(stored, listed)} THEN ${stored}.${name} ELSE ${listed}.${name} END`,
  ).join(', ');

/** Columns of what is not known of a contract's items that are not null then. */
const NOT_KNOWN: Readonly<Record<string, string>> = {
  items_status: `'pending'`,
  items_attempts: '0',
  is_ship_contract: 'false',
  contains_additional_items: 'false',
  requests_items: 'false',
};

/** What was decided of a contract holds for its type: of another type it is a contract to look at anew. */
const resultAssignments = (stored: string, listed: string) =>
  RESULT_COLUMNS.map(
    ({ name }) =>
      `${name} = CASE WHEN ${stored}.type = ${listed}.type THEN ${stored}.${name} ELSE ${NOT_KNOWN[name] ?? 'NULL'} END`,
  ).join(', ');

/** All that a listing changes of a stored contract. */
const listingAssignments = (stored: string, listed: string) => `
  ${assignments(LISTING_COLUMNS, listed)}, ${dateAssignments(stored, listed)},
  ${resultAssignments(stored, listed)}, status = 'outstanding', closed_at = NULL`;

const hasChanged = (stored: string, listed: string) =>
  `(${differs(LISTING_COLUMNS, stored, listed)} OR ${followsDates(stored, listed)})`;

/** Listed contracts → those that are new, come back, or differ from what is stored. */
export const COMPARE_LISTED = batchStatement(
  LISTED_COLUMNS,
  ({ rows }) => `
SELECT coalesce(json_agg(json_build_array(listed.contract_id, stored.status)), '[]')::text AS rows
FROM ${rows('listed')}
LEFT JOIN contracts AS stored USING (contract_id)
WHERE stored.contract_id IS NULL OR stored.status <> 'outstanding'
  OR ${hasChanged('stored', 'listed')}`,
);

/** $1 region → [contract_id, date_expired in ms] of everything outstanding. */
export const SELECT_OUTSTANDING = `
SELECT coalesce(json_agg(json_build_array(
  contract_id, floor(extract(epoch FROM date_expired) * 1000)::bigint)), '[]')::text AS rows
FROM contracts WHERE region_id = $1 AND status = 'outstanding'`;

/** ESI tells of an hour at most: what is further ahead was reckoned by a clock that was wrong. */
const hasCome = (time: string, now: string) =>
  `(${time} <= ${now}::timestamptz OR ${time} > ${now}::timestamptz + interval '2 hours')`;

/** Whether the items of an outstanding contract are still to be had or classified. */
export const isBacklog = (now: string, maxAttempts: string) =>
  `(items_attempts < ${maxAttempts} AND (items_status = 'pending'
    OR (items_status = 'unavailable' AND ${hasCome('items_retry_at', now)})))`;

/**
 * $1 region, $2 now, $3 attempts at most → [contract_id, type, items_attempts, has items] of the
 * contracts whose items are still to be had or classified.
 */
export const SELECT_BACKLOG = `
SELECT coalesce(json_agg(json_build_array(contract_id, type, items_attempts,
  EXISTS (SELECT 1 FROM contract_items AS item WHERE item.contract_id = contracts.contract_id))
  ORDER BY contract_id), '[]')::text AS rows
FROM contracts
WHERE region_id = $1 AND status = 'outstanding' AND ${isBacklog('$2', '$3')}`;

/**
 * New contracts with their results. One that another region stored a moment ago keeps its
 * results: they are those of the same items.
 */
export const INSERT_CONTRACTS = batchStatement(
  NEW_CONTRACT_COLUMNS,
  ({ rows }) => `
INSERT INTO contracts AS stored (${names(NEW_CONTRACT_COLUMNS)})
SELECT ${names(NEW_CONTRACT_COLUMNS)} FROM ${rows('listed')}
ORDER BY contract_id
ON CONFLICT (contract_id) DO UPDATE SET ${listingAssignments('stored', 'excluded')}
WHERE stored.status <> 'outstanding' OR ${hasChanged('stored', 'excluded')}`,
);

/** Listed contracts that are stored: only what differs is written. */
export const UPDATE_LISTED = batchStatement(
  LISTED_COLUMNS,
  ({ rows }) => `
UPDATE contracts AS stored SET ${listingAssignments('stored', 'listed')}
FROM ${rows('listed')}
WHERE stored.contract_id = listed.contract_id
  AND (stored.status <> 'outstanding' OR ${hasChanged('stored', 'listed')})`,
);

const resultUpdate = (list: readonly Column[]) =>
  batchStatement(
    [...CONTRACT_ID, ...list],
    ({ rows }) => `
UPDATE contracts AS stored SET ${assignments(list, 'result')}
FROM ${rows('result')}
WHERE stored.contract_id = result.contract_id AND ${differs(list, 'stored', 'result')}`,
  );

/** Results of stored contracts: items status and classification. */
export const UPDATE_RESULTS = resultUpdate(RESULT_COLUMNS);

/** Classifications of stored contracts. */
export const UPDATE_CLASSIFICATION = resultUpdate(CLASSIFICATION_COLUMNS);

/** Item rows, each with its contract. ESI never changes them, so what is stored stays. */
export const INSERT_ITEMS = batchStatement(
  [...CONTRACT_ID, ...ITEM_COLUMNS],
  ({ rows }) => `
INSERT INTO contract_items (contract_id, ${names(ITEM_COLUMNS)})
SELECT contract_id, ${names(ITEM_COLUMNS)} FROM ${rows('item')}
ORDER BY contract_id, record_id
ON CONFLICT DO NOTHING`,
);

/** Vanished contracts and what became of them; then the region, and now. */
export const CLOSE_CONTRACTS = batchStatement(
  [...CONTRACT_ID, { name: 'status', type: 'text' }],
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET status = vanished.status, closed_at = ${parameter(2)}
FROM ${rows('vanished')}
WHERE stored.contract_id = vanished.contract_id
  AND stored.region_id = ${parameter(1)} AND stored.status = 'outstanding'`,
);

/** $1 contract ids → how many of them are ship contracts. */
export const COUNT_SHIPS = `
SELECT count(*)::int AS count FROM contracts
WHERE is_ship_contract AND contract_id IN (SELECT json_array_elements_text($1::json)::bigint)`;

/** $1 type ids, $2 the last contract seen, $3 how many → classified contracts that hold such a type. */
export const SELECT_HOLDERS = `
SELECT coalesce(json_agg(contract_id), '[]')::text AS rows FROM (
  SELECT DISTINCT contract_id FROM contract_items AS item JOIN contracts USING (contract_id)
  WHERE item.type_id IN (SELECT json_array_elements_text($1::json)::integer)
    AND contract_id > $2 AND items_status = 'fetched'
  ORDER BY contract_id LIMIT $3) AS holders`;

/** $1 contract ids → [contract_id, type, [items…]], each item as an object of ours. */
export const SELECT_WITH_ITEMS = `
SELECT coalesce(json_agg(json_build_array(contract_id, type, (
  SELECT json_agg(json_build_object(
    'recordId', record_id, 'typeId', type_id, 'quantity', quantity, 'isIncluded', is_included,
    'isBlueprintCopy', item.is_blueprint_copy, 'itemId', item_id, 'runs', item.runs,
    'materialEfficiency', item.material_efficiency, 'timeEfficiency', item.time_efficiency)
    ORDER BY record_id)
  FROM contract_items AS item WHERE item.contract_id = contracts.contract_id))), '[]')::text AS rows
FROM contracts
WHERE contract_id IN (SELECT json_array_elements_text($1::json)::bigint)`;
