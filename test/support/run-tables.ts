import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** As PostgreSQL writes it in JSON: numbers for all numeric columns, ISO text for times. */
export type Row = Readonly<Record<string, unknown>>;

export const TABLES = [
  'contracts',
  'contract_items',
  'esi_type_cache',
  'regions',
  'aggregation_runs',
  'esi_names',
  'esi_groups',
  'esi_categories',
  'courier_routes',
  'contract_bids',
  'auction_looks',
  'daily_prices',
  'outcome_progress',
  'archive_imports',
] as const;

/** Those that CCP's static data fill. */
type Place = 'constellations' | 'systems' | 'locations' | 'system_jumps';

export type TableName = (typeof TABLES)[number] | Place;

type Query = (sql: string) => Promise<readonly unknown[]>;

/** Where the program keeps its tables: opened for each look, and closed again. */
interface Storage {
  open<T>(work: (query: Query) => Promise<T>): Promise<T>;
}

/** A test's own look at the database of the program. */
export class Tables {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  static onServer(url: string): Tables {
    return new Tables({ open: (work) => openServer(url, work) });
  }

  /** Reads a copy, since opening alone changes files; so nothing can be written. */
  static embedded(dataDir: string): Tables {
    return new Tables({ open: (work) => openCopy(join(dataDir, 'pgdata'), work) });
  }

  /** Runs one statement. */
  async execute(sql: string): Promise<void> {
    await this.#storage.open((query) => query(sql));
  }

  /** Every row of each table; undefined for a table that is not there. */
  async readAll<Name extends TableName>(
    ...names: readonly Name[]
  ): Promise<Record<Name, readonly Row[]>> {
    return this.#storage.open(async (query) => {
      const entries: [Name, readonly Row[]][] = [];
      for (const name of names) entries.push([name, await readRows(query, name)]);
      return Object.fromEntries(entries) as Record<Name, readonly Row[]>;
    });
  }

  async rows(name: TableName, where = 'true'): Promise<readonly Row[]> {
    return this.#storage.open((query) => readRows(query, name, where));
  }

  /** Every row of a view, by the clock of the database. */
  async view(name: 'ship_offers' | 'contract_offers' | 'contract_sales'): Promise<readonly Row[]> {
    const sql = `SELECT coalesce(json_agg(to_jsonb(v)), '[]')::text AS rows FROM ${name} AS v`;
    return this.#storage.open(async (query) => parseRows<Row>(await query(sql)));
  }

  /** Names of all tables there are. */
  async names(): Promise<readonly unknown[]> {
    const sql = `SELECT coalesce(json_agg(tablename ORDER BY tablename), '[]')::text AS rows
      FROM pg_tables WHERE schemaname = 'public'`;
    return this.#storage.open(async (query) => parseRows<unknown>(await query(sql)));
  }

  /** Where each row of contracts and items lies and who wrote it: a rewritten row has moved. */
  async versions(): Promise<readonly string[]> {
    const sql = `SELECT coalesce(json_agg(version ORDER BY version), '[]')::text AS rows FROM (
      SELECT format('contract %s %s %s', contract_id, ctid, xmin) AS version FROM contracts
      UNION ALL
      SELECT format('item %s %s %s %s', contract_id, record_id, ctid, xmin) FROM contract_items
    ) AS versions`;
    return this.#storage.open(async (query) => parseRows<string>(await query(sql)));
  }
}

async function readRows(query: Query, name: TableName, where = 'true'): Promise<readonly Row[]> {
  // The others have only their names.
  const source = name === 'regions' ? '(SELECT * FROM regions WHERE is_read)' : name;
  const sql = `SELECT coalesce(json_agg(to_jsonb(t) ORDER BY t), '[]')::text AS rows
    FROM ${source} AS t WHERE ${where}`;
  return parseRows<Row>(await query(sql));
}

function parseRows<T>(answer: readonly unknown[]): readonly T[] {
  const [row] = answer as readonly { rows: string }[];
  return JSON.parse(row?.rows ?? '[]') as readonly T[];
}

async function openServer<T>(url: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(async (sql) => (await client.query(sql)).rows as unknown[]);
  } finally {
    await client.end();
  }
}

async function openCopy<T>(folder: string, work: (query: Query) => Promise<T>): Promise<T> {
  const { PGlite } = await import('@electric-sql/pglite');
  const copy = await mkdtemp(join(tmpdir(), 'contracts-agg-look-'));
  await cp(folder, copy, { recursive: true });
  const pglite = await PGlite.create(copy);
  try {
    return await work(async (sql) => (await pglite.query(sql)).rows);
  } finally {
    await pglite.close();
    await rm(copy, { recursive: true, force: true });
  }
}
