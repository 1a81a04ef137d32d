import type { SqlExecutor } from '../database.ts';

/**
 * All that is stored, in an order that foreign keys allow. The lease of the runs is none of it: it is
 * of one server, for a minute.
 */
export const STORED_TABLES = [
  'regions',
  'constellations',
  'systems',
  'locations',
  'system_jumps',
  'courier_routes',
  'static_data',
  'esi_categories',
  'esi_groups',
  'esi_type_cache',
  'esi_names',
  'aggregation_runs',
  'archive_imports',
  'contracts',
  'contract_items',
  'contract_bids',
  'auction_looks',
  'daily_prices',
  'outcome_progress',
] as const;

export type StoredTable = (typeof STORED_TABLES)[number];

/** What a table holds, so that two of it can be compared; its rows may be in any order. */
export interface TableDigest {
  readonly rows: number;
  /** Of the hashes of all rows, each with all of its columns as text. */
  readonly sum: string;
}

/** A table with its columns, in their order. */
export interface TableColumns {
  readonly all: readonly string[];
  /** Without those that PostgreSQL computes. */
  readonly written: readonly string[];
}

type Reader = Pick<SqlExecutor, 'query'>;

const SELECT_COLUMNS = `
SELECT column_name::text AS name, is_generated = 'ALWAYS' AS "isGenerated"
FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = $1::text ORDER BY ordinal_position`;

/** The columns of a table. */
export async function readColumns(reader: Reader, table: StoredTable): Promise<TableColumns> {
  const columns = await reader.query<{ name: string; isGenerated: boolean }>(SELECT_COLUMNS, table);
  return {
    all: columns.map(({ name }) => name),
    written: columns.filter(({ isGenerated }) => !isGenerated).map(({ name }) => name),
  };
}

/** Hashes are of bytes: the same whatever version of PostgreSQL, and whatever collation. */
export async function digestOf(
  reader: Reader,
  table: StoredTable,
  columns: readonly string[],
): Promise<TableDigest> {
  const [row] = await reader.query<{ rows: string; sum: string }>(`
SELECT count(*)::text AS rows,
  coalesce(sum(hashtextextended(ROW(${columns.join(', ')})::text COLLATE "C", 0)), 0)::text AS sum
FROM ${table}`);
  return { rows: Number(row?.rows), sum: row?.sum ?? '' };
}

/** The tables that hold anything. */
export async function filledTables(reader: Reader): Promise<StoredTable[]> {
  const questions = STORED_TABLES.map(
    (table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT 1 FROM ${table})`,
  );
  const rows = await reader.query<{ name: StoredTable }>(questions.join(' UNION ALL '));
  return rows.map(({ name }) => name);
}

/** Told of a database by whoever copies into it, or out of it. A number that nobody else uses. */
const COPY_LOCK = 4_270_918_256;

/** Whether nobody else is copying into or out of the same database; until the end of the transaction. */
export async function lockForCopy(reader: Reader): Promise<boolean> {
  const [row] = await reader.query<{ isMine: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1::text::bigint) AS "isMine"',
    String(COPY_LOCK),
  );
  return row?.isMine === true;
}
