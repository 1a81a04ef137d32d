import type { SqlExecutor } from '../database.ts';

/** What a database server says of itself and of what the user may do. */
export interface ServerFacts {
  /** `17.2` */
  readonly version: string;
  /** 170002 */
  readonly versionNumber: number;
  readonly user: string;
  /** Of the database: `UTF8`. */
  readonly encoding: string;
  /** Null when the schema of the tables does not exist. */
  readonly mayCreate: boolean | null;
  /** A standby, or set to read-only. */
  readonly isReadOnly: boolean;
}

const SELECT_FACTS = `
SELECT split_part(current_setting('server_version'), ' ', 1) AS "version",
  current_setting('server_version_num')::integer AS "versionNumber",
  current_user::text AS "user",
  current_setting('server_encoding') AS "encoding",
  has_schema_privilege(current_schema(), 'CREATE') AS "mayCreate",
  current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery() AS "isReadOnly"`;

/** What a run does with each table that is there. */
const SELECT_MISSING_RIGHTS = `
SELECT privilege || ' on ' || name AS "right" FROM (VALUES
  ('contracts', 'SELECT'), ('contracts', 'INSERT'), ('contracts', 'UPDATE'),
  ('contract_items', 'SELECT'), ('contract_items', 'INSERT'),
  ('esi_type_cache', 'SELECT'), ('esi_type_cache', 'INSERT'), ('esi_type_cache', 'UPDATE'),
  ('regions', 'SELECT'), ('regions', 'INSERT'), ('regions', 'UPDATE'),
  ('run_lease', 'SELECT'), ('run_lease', 'INSERT'), ('run_lease', 'UPDATE'),
  ('aggregation_runs', 'SELECT'), ('aggregation_runs', 'INSERT'), ('aggregation_runs', 'UPDATE'))
  AS needed (name, privilege)
WHERE NOT has_table_privilege(to_regclass(name)::oid, privilege)`;

/** Asks without writing anything. @throws DatabaseError when the server gives no answer */
export async function readServerFacts(sql: SqlExecutor): Promise<ServerFacts> {
  const [facts] = await sql.query<ServerFacts>(SELECT_FACTS);
  if (facts === undefined) throw new Error('PostgreSQL answered without a row');
  return facts;
}

/** The rights that a run needs and the user lacks: `UPDATE on contracts` … */
export async function findMissingRights(sql: SqlExecutor): Promise<string[]> {
  const rows = await sql.query<{ right: string }>(SELECT_MISSING_RIGHTS);
  return rows.map(({ right }) => right);
}
