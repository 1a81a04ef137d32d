import type { Probe } from '../../outcome.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { batchStatement, executeBatch } from './batch.ts';
import { columnsOf } from './columns.ts';
import { CONTRACT_ID, type ContractId } from './contract-results.ts';

interface ProbeRow extends ContractId {
  readonly probe: string;
}

/** ESI's answers about contracts; then the number of the run. An acceptance is never overwritten. */
const KEEP_PROBES = batchStatement(
  CONTRACT_ID.and(columnsOf<Omit<ProbeRow, keyof ContractId>>({ probe: 'jsonb' })),
  ({ rows, parameter }) => `
UPDATE contracts AS stored SET changed_in = ${parameter(1)}::bigint,
  outcome_evidence = coalesce(stored.outcome_evidence, '{}') || jsonb_build_object('probe', answered.probe)
FROM ${rows('answered')}
WHERE stored.contract_id = answered.contract_id
  AND (stored.outcome_evidence #>> '{probe,status}' = '403'
    AND stored.outcome_evidence #>> '{probe,error}' ILIKE 'contract accepted by player%') IS NOT TRUE`,
);

/** Keeps what ESI answered about contracts, for the decision on their end. */
export function keepProbes(
  executor: SqlExecutor,
  answered: readonly (ContractId & { readonly probe: Probe })[],
  runNumber: number,
): Promise<number> {
  const rows = answered.map(({ contractId, probe }) => ({
    contractId,
    probe: JSON.stringify(probe),
  }));
  return executeBatch(executor, KEEP_PROBES, rows, runNumber);
}

/** A vanished contract that ESI may be asked about. */
export interface ProbeCandidate extends ContractId {
  /** Answers so far that came from a cache. */
  readonly attempts: number;
}

/** One kind of thing, nothing asked in return, a price (SPEC §5.15). */
const IS_CLEAN = `(items_status = 'fetched' AND price > 0 AND NOT requests_items AND (NOT contains_additional_items OR (
  SELECT count(DISTINCT (type_id, is_blueprint_copy, runs, material_efficiency, time_efficiency))
  FROM contract_items AS item WHERE item.contract_id = contracts.contract_id) = 1))`;

/**
 * $1 now, $2 how many at most → [contract_id, attempts]. Ships first, then clean ones, the newest
 * first; those that were listed again last of their kind. A refusal is asked about again for an hour.
 */
const SELECT_CANDIDATES = `
SELECT coalesce(json_agg(json_build_array(contract_id, attempts)), '[]')::text AS rows FROM (
  SELECT contract_id, coalesce((outcome_evidence #>> '{probe,attempts}')::integer, 0) AS attempts
  FROM contracts
  WHERE status <> 'outstanding' AND type IN ('item_exchange', 'auction')
    AND closed_at > $1::timestamptz - interval '24 hours'
    AND CASE WHEN outcome_evidence -> 'probe' IS NULL THEN true
      ELSE (outcome_evidence #>> '{probe,retryAt}')::timestamptz <= $1::timestamptz
        AND (outcome_evidence #>> '{probe,status}' = '200'
          OR closed_at > $1::timestamptz - interval '1 hour') END
  ORDER BY is_ship_contract DESC, ${IS_CLEAN} DESC, successor_id IS NOT NULL,
    closed_at DESC, contract_id DESC
  LIMIT $2) AS candidates`;

/** Contracts that vanished in the last day and that ESI was not asked about for good. */
export async function probeCandidates(
  executor: SqlExecutor,
  now: Date,
  limit: number,
): Promise<ProbeCandidate[]> {
  const rows = await readJsonRows<[number, number]>(executor, SELECT_CANDIDATES, now, limit);
  return rows.map(([contractId, attempts]) => ({ contractId, attempts }));
}

/** $1 now → how many ms ago ESI was asked about ended contracts, within a minute. */
const SELECT_RECENT = `
SELECT coalesce(json_agg(age ORDER BY age DESC), '[]')::text AS rows FROM (
  SELECT extract(epoch FROM $1::timestamptz - (outcome_evidence #>> '{probe,at}')::timestamptz) * 1000 AS age
  FROM contracts WHERE status <> 'outstanding' AND outcome_evidence -> 'probe' IS NOT NULL
    AND closed_at > $1::timestamptz - interval '24 hours') AS probes
WHERE abs(age) < 60000`;

/** How long ago ESI was asked by this run or another, in ms, the longest ago first; up to a minute. */
export function recentProbeAges(executor: SqlExecutor, now: Date): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_RECENT, now);
}
