import type { SqlExecutor } from './database.ts';

const COUNT_SHIPS = `
SELECT count(*)::int AS count FROM contracts
WHERE is_ship_contract AND status = 'outstanding'
  AND region_id IN (SELECT json_array_elements_text($1::json)::integer)`;

/** Outstanding ship contracts of the regions. */
export async function countShipContracts(
  executor: SqlExecutor,
  regionIds: readonly number[],
): Promise<number> {
  const rows = await executor.query<{ count: number }>(COUNT_SHIPS, JSON.stringify(regionIds));
  return rows[0]?.count ?? 0;
}
