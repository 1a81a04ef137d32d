import type { SqlExecutor } from '../../src/database/database.ts';

/** A column as the database has it. */
export interface DatabaseColumn {
  readonly table: string;
  readonly column: string;
  /** In PostgreSQL's own words: `timestamp(6) with time zone`. */
  readonly type: string;
  readonly isNullable: boolean;
  readonly default: string | null;
}

const SELECT_COLUMNS = `
SELECT c.table_name AS "table", c.column_name AS "column", c.is_nullable = 'YES' AS "isNullable",
  c.column_default AS "default", format_type(a.atttypid, a.atttypmod) AS type
FROM information_schema.columns AS c
JOIN information_schema.tables AS t USING (table_schema, table_name)
JOIN pg_attribute AS a
  ON a.attrelid = format('%I.%I', c.table_schema, c.table_name)::regclass AND a.attname = c.column_name
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND ($1::text IS NULL OR c.table_name = $1::text)
ORDER BY c.table_name, c.column_name`;

const SELECT_PRIMARY_KEYS = `
SELECT t.relname AS "table", string_agg(a.attname, ', ' ORDER BY array_position(i.indkey, a.attnum))
  AS columns
FROM pg_index AS i
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND t.relnamespace = current_schema()::regnamespace
GROUP BY t.relname`;

const SELECT_INDEXES = `
SELECT tablename AS "table", indexname AS name, indexdef AS definition FROM pg_indexes
WHERE schemaname = current_schema() AND indexname NOT LIKE '%\\_pkey'
ORDER BY indexname`;

/** Sorted by table and column. */
export function columnsOf(executor: SqlExecutor, table?: string): Promise<DatabaseColumn[]> {
  return executor.query<DatabaseColumn>(SELECT_COLUMNS, table ?? null);
}

/** Table → `a, b`. */
export async function primaryKeysOf(executor: SqlExecutor): Promise<Map<string, string>> {
  const rows = await executor.query<{ table: string; columns: string }>(SELECT_PRIMARY_KEYS);
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}

export function indexesOf(
  executor: SqlExecutor,
): Promise<{ table: string; name: string; definition: string }[]> {
  return executor.query(SELECT_INDEXES);
}
