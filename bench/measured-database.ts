import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '../src/clock.ts';
import { migrate, readMigrations } from '../src/database/open/migrations.ts';
import { openServerDatabase } from '../src/database/open/server.ts';

/** Rows that were written to one table. */
export interface RowsWritten {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What a piece of work did to PostgreSQL. */
export interface DatabaseUse {
  readonly walBytes: number;
  /** Part of walBytes: pages written whole because they had not changed since the checkpoint. */
  readonly pageImageBytes: number;
  /** By table; tables without change are left out. */
  readonly rows: Readonly<Record<string, RowsWritten>>;
}

const ROW_COUNTS = `
SELECT relname AS table, n_tup_ins::int AS inserted, n_tup_upd::int AS updated,
  n_tup_del::int AS deleted FROM pg_stat_user_tables`;
const OTHER_CLIENTS = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()`;
const POLL_MS = 20;

/** A database of its own with our tables, whose server tells what a piece of work wrote. */
export class MeasuredDatabase {
  readonly url: string;
  readonly #client: pg.Client;

  private constructor(url: string, client: pg.Client) {
    this.url = url;
    this.#client = client;
  }

  /** @param makeTables by default those of this version, and one without a key for the floor */
  static async create(
    serverUrl: string,
    name: string,
    makeTables: (url: string) => Promise<unknown> = makeOurTables,
  ): Promise<MeasuredDatabase> {
    await onServer(serverUrl, `CREATE DATABASE ${name}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    await makeTables(url.href);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
    return new MeasuredDatabase(url.href, client);
  }

  async measure<T>(work: () => Promise<T>): Promise<{ result: T; use: DatabaseUse }> {
    await this.#rest();
    const rowsBefore = await this.#rowCounts();
    const from = await this.#walPosition();
    const result = await work();
    await this.#untilAlone();
    const wal = await this.#walSince(from);
    const rows = difference(await this.#rowCounts(), rowsBefore);
    return { result, use: { ...wal, rows } };
  }

  async drop(): Promise<void> {
    await this.#client.end();
    const { pathname } = new URL(this.url);
    await onServer(this.url.replace(pathname, '/postgres'), `DROP DATABASE ${pathname.slice(1)}`);
  }

  /** Autovacuum has nothing to begin while we measure, and every pass begins at a checkpoint. */
  async #rest(): Promise<void> {
    const { rowCount } = await this.#client.query('SELECT FROM contracts LIMIT 1');
    // Never on new tables: known to be empty, their foreign keys would be checked by reading all.
    if (rowCount === 1) await this.#client.query('VACUUM (ANALYZE)');
    await this.#client.query('CHECKPOINT');
  }

  async #walPosition(): Promise<string> {
    const { rows } = await this.#client.query('SELECT pg_current_wal_insert_lsn()::text AS at');
    return (rows[0] as { at: string }).at;
  }

  async #walSince(from: string): Promise<Pick<DatabaseUse, 'walBytes' | 'pageImageBytes'>> {
    const { rows } = await this.#client.query(
      `SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS wal,
         (SELECT sum(fpi_size) FROM pg_get_wal_stats($1::pg_lsn, pg_current_wal_flush_lsn())) AS images`,
      [from],
    );
    const { wal, images } = rows[0] as { wal: string; images: string | null };
    return { walBytes: Number(wal), pageImageBytes: Number(images) };
  }

  async #rowCounts(): Promise<ReadonlyMap<string, RowsWritten>> {
    const { rows } = await this.#client.query(ROW_COUNTS);
    const counts = rows as (RowsWritten & { table: string })[];
    return new Map(counts.map(({ table, ...written }) => [table, written]));
  }

  /** A client's last counts arrive when it has left. */
  async #untilAlone(): Promise<void> {
    for (;;) {
      const { rows } = await this.#client.query(OTHER_CLIENTS);
      if ((rows[0] as { count: number }).count === 0) return;
      await pause(POLL_MS);
    }
  }
}

/** The floor looks nothing up. */
async function makeOurTables(url: string): Promise<void> {
  const database = openServerDatabase(url, { connections: 1, clock: systemClock });
  await migrate(database.transact, await readMigrations());
  await database.execute('CREATE TABLE contract_items_floor (LIKE contract_items)');
  await database.close();
}

function difference(
  after: ReadonlyMap<string, RowsWritten>,
  before: ReadonlyMap<string, RowsWritten>,
): Record<string, RowsWritten> {
  const none = { inserted: 0, updated: 0, deleted: 0 };
  const changes = [...after].map(([table, counts]) => {
    const { inserted, updated, deleted } = before.get(table) ?? none;
    const change = {
      inserted: counts.inserted - inserted,
      updated: counts.updated - updated,
      deleted: counts.deleted - deleted,
    };
    return [table, change] as const;
  });
  return Object.fromEntries(
    changes.filter(([, { inserted, updated, deleted }]) => inserted + updated + deleted > 0),
  );
}

/** One statement on a connection of its own. */
export async function onServer(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(statement);
  await client.end();
  return rows;
}
