import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { columnsOf } from './columns.ts';
import { esiWriter } from './places.ts';

/** The name of a character, corporation or alliance; one that ESI does not know has only its error. */
export interface NameRow {
  readonly id: number;
  readonly category: string | null;
  readonly name: string | null;
  readonly lastRefreshedAt: Date;
  readonly refreshError: string | null;
}

/** The columns of `esi_names`. */
export const NAME = columnsOf<NameRow>({
  id: 'bigint',
  category: 'text',
  name: 'text',
  lastRefreshedAt: 'timestamptz',
  refreshError: 'text',
});

/** Stores what ESI says; a name once known stays. */
export const saveNames = esiWriter('esi_names', NAME, 'id');

/** Issuers and their corporations whose names are not known. */
export interface Nameless {
  /** Those that ESI does not know, too. */
  readonly missing: number;
  /** Those that ESI was not asked for yet; of the newest contracts first. */
  readonly ids: readonly number[];
}

/** Spawned items, structures of players among them, have ids from here on: no route names them. */
const FIRST_SPAWNED_ID = 1_000_000_000_000;

/** $1 as many at most. */
const SELECT_NAMELESS = `
WITH wanted AS (
  SELECT id, max(contract_id) AS newest FROM (
    SELECT issuer_id AS id, contract_id FROM contracts WHERE status = 'outstanding'
    UNION ALL
    SELECT issuer_corporation_id, contract_id FROM contracts WHERE status = 'outstanding') AS issuer
  WHERE id < ${FIRST_SPAWNED_ID} GROUP BY id),
nameless AS MATERIALIZED (
  SELECT wanted.id, newest, esi_names.id IS NULL AS is_new
  FROM wanted LEFT JOIN esi_names USING (id) WHERE esi_names.name IS NULL)
SELECT json_build_array(json_build_object('missing', (SELECT count(*) FROM nameless), 'ids', (
  SELECT coalesce(json_agg(id), '[]') FROM (
    SELECT id FROM nameless WHERE is_new ORDER BY newest DESC, id LIMIT $1::bigint) AS next)))::text AS rows`;

/** Issuers of outstanding contracts, and their corporations, that have no name. */
export async function findNameless(executor: SqlExecutor, limit: number): Promise<Nameless> {
  const [found] = await readJsonRows<Nameless>(executor, SELECT_NAMELESS, limit);
  return found ?? { missing: 0, ids: [] };
}

/** Issuers of outstanding contracts, and their corporations, that have no name. */
export async function countNameless(executor: SqlExecutor): Promise<number> {
  return (await findNameless(executor, 0)).missing;
}

/** $1 asked for before, $2 whether those that ESI did not know, $3 as many at most. */
const SELECT_STALE_NAMES = `
SELECT coalesce(json_agg(id), '[]')::text AS rows FROM (
  SELECT id FROM esi_names
  WHERE last_refreshed_at < $1 AND (refresh_error IS NOT NULL) = $2::boolean
  ORDER BY last_refreshed_at, id LIMIT $3::bigint) AS stale`;

/**
 * Ids whose names ESI was last asked for before a time, the oldest first.
 *
 * @param areDead those that it did not know then, instead of those that it did
 */
export function staleNameIds(
  executor: SqlExecutor,
  before: Date,
  areDead: boolean,
  limit: number,
): Promise<number[]> {
  return readJsonRows<number>(executor, SELECT_STALE_NAMES, before, areDead, limit);
}
