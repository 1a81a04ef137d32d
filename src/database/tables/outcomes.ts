import type { Evidence, Outcome, Successor, Verdict } from '../../outcome.ts';
import type { SqlExecutor } from '../database.ts';
import { jsonObject, readJsonRows } from '../json-rows.ts';
import { batchStatement, executeBatch } from './batch.ts';
import { columnsOf } from './columns.ts';
import { CONTRACT_ID, type ContractId } from './contract-results.ts';

/** A contract that has ended, with what is stored of its end. */
export interface EndedContract extends ContractId {
  readonly type: string;
  readonly price: number | null;
  readonly buyout: number | null;
  readonly dateExpired: Date;
  readonly endedAfter: Date | null;
  readonly endedBefore: Date | null;
  readonly outcome: Outcome | null;
  readonly evidence: Partial<Evidence> | null;
  /** The highest bid that was seen. */
  readonly lastBid: number | null;
  /** ESI's time of the last look at the bids. */
  readonly bidsSeenAt: Date | null;
}

/** What is decided of a contract. */
export interface DecidedContract extends ContractId {
  readonly verdict: Verdict;
}

/** A later contract of the same issuer that holds the same. */
export interface SuccessorOf extends ContractId {
  readonly successor: Successor;
}

/** The columns of `contracts` that hold a verdict. */
interface OutcomeRow {
  readonly outcome: Outcome;
  readonly outcomeConfidence: string;
  readonly outcomePrice: number | null;
  readonly outcomeEvidence: string;
  readonly successorId: number | null;
}

const OUTCOME = columnsOf<OutcomeRow>({
  outcome: 'text',
  outcomeConfidence: 'text',
  outcomePrice: 'numeric(20,2)',
  outcomeEvidence: 'jsonb',
  successorId: 'bigint',
});

/** A contract that came back has not ended: its verdict goes, what spoke for it last is kept as void. */
export const voidedOutcome = (stored: string) => `
  outcome = NULL, outcome_confidence = NULL, outcome_price = NULL, successor_id = NULL,
  outcome_evidence = CASE
    WHEN ${stored}.status = 'outstanding' THEN ${stored}.outcome_evidence
    WHEN ${stored}.outcome IS NULL AND ${stored}.outcome_evidence IS NULL THEN NULL
    ELSE jsonb_build_object('voided', coalesce(${stored}.outcome_evidence, '{}') - 'voided' || jsonb_build_object(
      'outcome', ${stored}.outcome, 'endedAfter', ${stored}.ended_after,
      'endedBefore', ${stored}.ended_before)) END`;

/** What is written of an end in place of what was; evidence of ends that were none stays. */
const UPDATE_OUTCOMES = batchStatement(
  CONTRACT_ID.and(OUTCOME),
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET outcome = decided.outcome,
  outcome_confidence = decided.outcome_confidence, outcome_price = decided.outcome_price,
  successor_id = decided.successor_id, outcome_evidence = ${evidenceBesideVoided('decided')},
  changed_in = ${parameter(1)}::bigint
FROM ${rows('decided')}
WHERE stored.contract_id = decided.contract_id AND stored.status <> 'outstanding'
  AND (${OUTCOME.without('outcomeEvidence').differ('stored', 'decided')}
    OR stored.outcome_evidence IS DISTINCT FROM ${evidenceBesideVoided('decided')})`,
);

function evidenceBesideVoided(decided: string): string {
  return `CASE WHEN stored.outcome_evidence ? 'voided'
    THEN ${decided}.outcome_evidence || jsonb_build_object('voided', stored.outcome_evidence -> 'voided')
    ELSE ${decided}.outcome_evidence END`;
}

/**
 * Writes what was decided where it is something else than before.
 *
 * @returns the number of contracts written
 */
export function updateOutcomes(
  executor: SqlExecutor,
  decided: readonly DecidedContract[],
  runNumber: number,
): Promise<number> {
  const rows = decided.map(({ contractId, verdict }) => ({ contractId, ...rowOf(verdict) }));
  return executeBatch(executor, UPDATE_OUTCOMES, rows, runNumber);
}

function rowOf({ outcome, confidence, price, successorId, evidence }: Verdict): OutcomeRow {
  return {
    outcome,
    outcomeConfidence: confidence,
    outcomePrice: price,
    outcomeEvidence: JSON.stringify(evidence),
    successorId,
  };
}

const ENDED = {
  contractId: 'contract_id',
  type: 'type',
  price: 'price',
  buyout: 'buyout',
  dateExpired: 'date_expired',
  endedAfter: 'ended_after',
  endedBefore: 'ended_before',
  outcome: 'outcome',
  evidence: 'outcome_evidence',
  lastBid: `(SELECT max(amount) FROM contract_bids AS bid WHERE bid.contract_id = ended.contract_id)`,
  bidsSeenAt: `(SELECT seen_at FROM auction_looks AS look WHERE look.contract_id = ended.contract_id)`,
} satisfies Record<keyof EndedContract, string>;

/** $1 contract ids → those that have ended. */
const SELECT_ENDED = `
SELECT coalesce(json_agg(${jsonObject(ENDED)} ORDER BY contract_id), '[]')::text AS rows
FROM contracts AS ended
WHERE contract_id IN (SELECT json_array_elements_text($1::json)::bigint) AND status <> 'outstanding'`;

type EndedJson = Omit<EndedContract, 'dateExpired' | 'endedAfter' | 'endedBefore' | 'bidsSeenAt'> &
  Readonly<Record<'dateExpired', string>> &
  Readonly<Record<'endedAfter' | 'endedBefore' | 'bidsSeenAt', string | null>>;

/** Contracts that have ended, with what is known of their end. */
export async function endedContracts(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<EndedContract[]> {
  const ids = JSON.stringify(contractIds);
  const rows = await readJsonRows<EndedJson>(executor, SELECT_ENDED, ids);
  return rows.map((row) => ({
    ...row,
    dateExpired: new Date(row.dateExpired),
    endedAfter: timeOf(row.endedAfter),
    endedBefore: timeOf(row.endedBefore),
    bidsSeenAt: timeOf(row.bidsSeenAt),
  }));
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

/** Whether one contract holds an item of another. */
const HOLDS_SAME_ITEM = `EXISTS (
  SELECT 1 FROM contract_items AS item JOIN contract_items AS again
    ON again.contract_id = later.contract_id AND again.item_id = item.item_id
  WHERE item.contract_id = ended.contract_id AND item.is_included AND again.is_included)`;

/** What a contract holds, but for the ids of its items: text that is equal for equal goods. */
const goodsOf = (contract: string) => `
(SELECT json_agg(json_build_array(type_id, is_included, is_blueprint_copy, runs,
    material_efficiency, time_efficiency, quantity))::text
  FROM (SELECT type_id, is_included, is_blueprint_copy, runs, material_efficiency, time_efficiency,
      sum(quantity) AS quantity
    FROM contract_items WHERE contract_id = ${contract}.contract_id
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6) AS goods)`;

/** Issued while the other ended, or within two hours after (OUTCOMES.md, rule 6), and like it. */
const HOLDS_THE_LIKE = `(later.date_issued >= coalesce(ended.ended_after, ended.date_issued)
  AND later.date_issued <= ended.ended_before + interval '2 hours'
  AND ${goodsOf('later')} = ${goodsOf('ended')})`;

/**
 * $1 contract ids → those that have ended, each beside the later contracts of its issuer. One by one,
 * by the index: the planner knows neither how few there are nor what it costs to compare goods.
 */
const ENDED_AND_LATER = `
(SELECT * FROM contracts
  WHERE contract_id IN (SELECT json_array_elements_text($1::json)::bigint)
    AND status <> 'outstanding' AND items_status = 'fetched') AS ended
CROSS JOIN LATERAL (SELECT contract_id, price, date_issued FROM contracts
  WHERE issuer_id = ended.issuer_id AND contract_id > ended.contract_id AND items_status = 'fetched'
  OFFSET 0) AS later`;

/** $1 ended contracts → [id, id of the next contract with an item of it, its price]. */
const SELECT_SAME = `
SELECT coalesce(json_agg(json_build_array(contract_id, later_id, price)), '[]')::text AS rows
FROM (SELECT DISTINCT ON (ended.contract_id)
    ended.contract_id, later.contract_id AS later_id, later.price
  FROM ${ENDED_AND_LATER} WHERE ${HOLDS_SAME_ITEM}
  ORDER BY ended.contract_id, later.contract_id) AS next`;

/** $1 ended contracts → [id, id of a later contract with the like, its price, its predecessors]. */
const SELECT_LIKE = `
SELECT coalesce(json_agg(json_build_array(ended.contract_id, later.contract_id, later.price, (
    SELECT json_agg(other.contract_id) FROM contracts AS other
    WHERE other.successor_id = later.contract_id))
  ORDER BY ended.contract_id, later.contract_id), '[]')::text AS rows
FROM ${ENDED_AND_LATER} WHERE ${HOLDS_THE_LIKE}`;

/** The next contract of each that holds one of its very items. */
export async function sameItemSuccessors(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<SuccessorOf[]> {
  const ids = JSON.stringify(contractIds);
  const rows = await readJsonRows<[number, number, number | null]>(executor, SELECT_SAME, ids);
  return rows.map(([contractId, laterId, price]) => ({
    contractId,
    successor: { contractId: laterId, by: 'item_id', price },
  }));
}

/** A later contract with the like goods, and the contracts that it is the successor of already. */
export interface Likeness extends SuccessorOf {
  readonly successorOf: readonly number[];
}

/** Later contracts with the like goods, which may follow; ascending. */
export async function likeSuccessors(
  executor: SqlExecutor,
  contractIds: readonly number[],
): Promise<Likeness[]> {
  const rows = await readJsonRows<[number, number, number | null, number[] | null]>(
    executor,
    SELECT_LIKE,
    JSON.stringify(contractIds),
  );
  return rows.map(([contractId, laterId, price, successorOf]) => ({
    contractId,
    successor: { contractId: laterId, by: 'items', price },
    successorOf: successorOf ?? [],
  }));
}

/** A successor that is listed later than this after the end changes no verdict any more. */
const REVISION_DAYS = 30;

/**
 * $1 number of a run → [whether any contract has changed since, ids of those that have ended, ids of
 * others that may have a successor among those stored since].
 */
const SELECT_UNDECIDED = `
WITH later AS MATERIALIZED (
  SELECT contract_id, issuer_id, date_issued FROM contracts
  WHERE changed_in > $1 AND items_status = 'fetched')
SELECT json_build_array(
  EXISTS (SELECT 1 FROM contracts WHERE changed_in > $1),
  (SELECT json_agg(contract_id) FROM contracts WHERE changed_in > $1 AND status <> 'outstanding'),
  (SELECT json_agg(DISTINCT ended.contract_id) FROM later CROSS JOIN LATERAL (
      SELECT contract_id, date_issued, ended_after, ended_before FROM contracts
      WHERE issuer_id = later.issuer_id AND contract_id < later.contract_id
        AND items_status = 'fetched' AND status <> 'outstanding'
        AND closed_at > (SELECT max(started_at) FROM aggregation_runs) - interval '${REVISION_DAYS} days'
        AND (successor_id IS NULL OR successor_id > later.contract_id OR outcome = 'relisted_likely')
      OFFSET 0) AS ended
    WHERE ${HOLDS_SAME_ITEM} OR ${HOLDS_THE_LIKE}))::text AS rows`;

/** What is to be decided. */
export interface Undecided {
  /** Whether any contract has changed. */
  readonly hasChanges: boolean;
  /** Ended contracts, ascending. */
  readonly contractIds: readonly number[];
}

/** What is to be decided, after what changed in runs after this one. */
export async function undecidedSince(executor: SqlExecutor, runNumber: number): Promise<Undecided> {
  const answer = await readJsonRows(executor, SELECT_UNDECIDED, runNumber);
  const [hasChanges, ended, followed] = answer as [boolean, number[] | null, number[] | null];
  const contractIds = [...new Set([...(ended ?? []), ...(followed ?? [])])].toSorted(
    (a, b) => a - b,
  );
  return { hasChanges, contractIds };
}

/** $1 the last contract seen, $2 how many to look at → [those that have ended]. */
const SELECT_ENDED_AFTER = `
SELECT coalesce(json_agg(contract_id ORDER BY contract_id), '[]')::text AS rows FROM (
  SELECT contract_id FROM contracts WHERE contract_id > $1 AND status <> 'outstanding'
  ORDER BY contract_id LIMIT $2) AS slice`;

/** Ended contracts after this one, ascending, so many at most. */
export function endedAfter(
  executor: SqlExecutor,
  contractId: number,
  contracts: number,
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_ENDED_AFTER, contractId, contracts);
}
