import { divisionIsDone, type PlannedRun } from '../../sharding/plan.ts';
import type { SqlExecutor } from '../database.ts';

/** Every run under the newest plan. */
const RUNS_OF_PLAN = `
SELECT plan, shard, outcome, finished_at IS NOT NULL AS "isFinished" FROM aggregation_runs
WHERE plan = (SELECT max(plan) FROM aggregation_runs)`;

const PLAN = `
UPDATE regions SET planned_contracts = listed_contracts
WHERE planned_contracts IS DISTINCT FROM listed_contracts`;

const SELECT_PLANNED = `
SELECT region_id AS "regionId", planned_contracts AS "contracts" FROM regions
WHERE planned_contracts IS NOT NULL`;

/**
 * The number of the plan that a shard which starts now works by: the last one, as long as a shard
 * may still be at work under it, or a new one by what was listed since.
 */
export async function choosePlan(sql: SqlExecutor, shards: number): Promise<number> {
  const runs = await sql.query<PlannedRun & { readonly plan: number }>(RUNS_OF_PLAN);
  const plan = runs[0]?.plan ?? 0;
  if (plan > 0 && !divisionIsDone(runs, shards)) return plan;
  await sql.execute(PLAN);
  return plan + 1;
}

/** Contracts that each region counts for in the plan; a region that is new since has none. */
export async function plannedContracts(sql: SqlExecutor): Promise<ReadonlyMap<number, number>> {
  const rows = await sql.query<{ regionId: number; contracts: number }>(SELECT_PLANNED);
  return new Map(rows.map(({ regionId, contracts }) => [regionId, contracts]));
}
