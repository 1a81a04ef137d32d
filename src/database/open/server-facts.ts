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
SELECT privilege || ' on ' || name AS "right"
FROM unnest($1::text::text[], $2::text::text[]) AS needed (name, privilege)
WHERE NOT has_table_privilege(to_regclass(name)::oid, privilege)`;

/** Rows of these are changed, too. */
const CHANGED_TABLES = [
  'contracts',
  'esi_type_cache',
  'regions',
  'run_lease',
  'aggregation_runs',
  'esi_groups',
  'esi_categories',
  'esi_names',
  'constellations',
  'systems',
  'locations',
  'courier_routes',
  'static_data',
  'contract_bids',
  'auction_looks',
  'outcome_progress',
  'archive_imports',
];
const NEEDED_RIGHTS: readonly (readonly [table: string, privilege: string])[] = [
  ...rightsOn('contract_items', 'SELECT', 'INSERT'),
  ...CHANGED_TABLES.flatMap((table) => rightsOn(table, 'SELECT', 'INSERT', 'UPDATE')),
  ...rightsOn('system_jumps', 'SELECT', 'INSERT'),
  ...rightsOn('daily_prices', 'SELECT', 'INSERT', 'UPDATE', 'DELETE'),
  ...rightsOn('contract_ends', 'SELECT'),
];

function rightsOn(table: string, ...privileges: readonly string[]) {
  return privileges.map((privilege) => [table, privilege] as const);
}

/** Asks without writing anything. @throws DatabaseError when the server gives no answer */
export async function readServerFacts(sql: SqlExecutor): Promise<ServerFacts> {
  const [facts] = await sql.query<ServerFacts>(SELECT_FACTS);
  if (facts === undefined) throw new Error('PostgreSQL answered without a row');
  return facts;
}

/** The rights that a run needs and the user lacks: `UPDATE on contracts` … */
export async function findMissingRights(sql: SqlExecutor): Promise<string[]> {
  const tables = NEEDED_RIGHTS.map(([table]) => table);
  const privileges = NEEDED_RIGHTS.map(([, privilege]) => privilege);
  const rows = await sql.query<{ right: string }>(
    SELECT_MISSING_RIGHTS,
    `{${tables.join(',')}}`,
    `{${privileges.join(',')}}`,
  );
  return rows.map(({ right }) => right);
}
