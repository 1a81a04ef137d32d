import type { SqlExecutor } from '../database.ts';

/** Contracts, with their items and bids, that are deleted in one transaction: about 0.1 s. */
const CONTRACTS_AT_ONCE = 5000;
const NAMES_AT_ONCE = 5000;
/** The newest are what `status` tells, what intervals are learned from, and what numbers go on from. */
const RUNS_KEPT = 100;

/** $1 day: contracts that ended before it. `closed_at` is by this machine's clock, and has the index. */
const ENDED_BEFORE = `status <> 'outstanding' AND closed_at < $1::date + interval '2 days'
  AND coalesce(ended_before, closed_at) < $1::date::timestamp AT TIME ZONE 'UTC'`;

/** $1 day → the first day of an end that no run has decided yet, where it is an earlier one. */
const SELECT_FIRST_DAY = `
SELECT coalesce(min((ended_before AT TIME ZONE 'UTC')::date), $1::date)::text AS day FROM contracts
WHERE ${ENDED_BEFORE} AND ended_before IS NOT NULL AND outcome IS NULL`;

const COUNT_CONTRACTS = `SELECT count(*)::int AS count FROM contracts WHERE ${ENDED_BEFORE}`;

const DELETE_CONTRACTS = `
DELETE FROM contracts WHERE contract_id IN (
  SELECT contract_id FROM contracts WHERE ${ENDED_BEFORE} ORDER BY closed_at LIMIT ${CONTRACTS_AT_ONCE})`;

const OLD_RUNS = `FROM aggregation_runs WHERE finished_at IS NOT NULL
  AND started_at < $1::date::timestamp AT TIME ZONE 'UTC'
  AND number <= (SELECT max(number) FROM aggregation_runs) - ${RUNS_KEPT}`;

/** Of issuers and corporations that no contract has any more. */
const ORPHANED_NAMES = `FROM esi_names WHERE NOT EXISTS (
    SELECT 1 FROM contracts WHERE issuer_id = esi_names.id)
  AND NOT EXISTS (SELECT 1 FROM contracts WHERE issuer_corporation_id = esi_names.id)`;

/** Prices of the days before are kept as they are. */
const MARK_PRUNED = `
UPDATE outcome_progress SET pruned_before = greatest(pruned_before, $1::date)`;

/**
 * The day up to which contracts may be deleted: the one asked for, or the first whose ends are not
 * all decided, and so not in `daily_prices`.
 *
 * @param day `2026-11-27`, UTC; as are all days here
 */
export async function firstDayToKeep(executor: SqlExecutor, day: string): Promise<string> {
  const [row] = await executor.query<{ day: string }>(SELECT_FIRST_DAY, day);
  return row?.day ?? day;
}

/** Contracts that ended before the day. */
export async function countPrunable(executor: SqlExecutor, day: string): Promise<number> {
  return countOf(executor, COUNT_CONTRACTS, day);
}

/**
 * Deletes contracts that ended before the day, some thousand at most, and never one that is
 * outstanding.
 *
 * @returns how many; 0 when none is left
 */
export async function deleteContracts(executor: SqlExecutor, day: string): Promise<number> {
  await executor.execute(MARK_PRUNED, day);
  return executor.execute(DELETE_CONTRACTS, day);
}

/** Deletes runs that began before the day, but for the newest. @returns how many */
export function deleteRuns(executor: SqlExecutor, day: string): Promise<number> {
  return executor.execute(`DELETE ${OLD_RUNS}`, day);
}

/** Runs that `deleteRuns` would delete. */
export function countOldRuns(executor: SqlExecutor, day: string): Promise<number> {
  return countOf(executor, `SELECT count(*)::int AS count ${OLD_RUNS}`, day);
}

/** Deletes names that nothing has any more, some thousand at most. @returns how many */
export function deleteNames(executor: SqlExecutor): Promise<number> {
  return executor.execute(
    `DELETE FROM esi_names WHERE id IN (SELECT id ${ORPHANED_NAMES} LIMIT ${NAMES_AT_ONCE})`,
  );
}

async function countOf(executor: SqlExecutor, sql: string, day: string): Promise<number> {
  const [row] = await executor.query<{ count: number }>(sql, day);
  return row?.count ?? 0;
}
