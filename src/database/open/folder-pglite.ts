import { messages, PGlite } from '@electric-sql/pglite';

/** PostgreSQL writes its log in files of this size, each made as a whole. */
export const LOG_FILE_BYTES = 16 * 1024 * 1024;
/** PGlite trims its log only when it is asked to. */
const LONGEST_LOG_BYTES = 2 * LOG_FILE_BYTES;
const TRANSACTIONS_BETWEEN_LOOKS = 8;

/** What a checkpoint leaves of the log. The least that PostgreSQL allows is two files. */
const SMALL_LOG = ['max_wal_size=48MB', 'min_wal_size=32MB', 'wal_recycle=off'];
/** The least that PostgreSQL allows. Out of files, PGlite leaves one that it then trips over. */
const FEW_FILES = 'max_files_per_process=64';
const START_PARAMETERS = [
  ...PGlite.defaultStartParams,
  ...[...SMALL_LOG, FEW_FILES].flatMap((setting) => ['-c', setting]),
];

const SELECT_LOG_POSITION = `
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 AS bytes`;

/**
 * Of those that were written to since they were opened, what has changed by a fiftieth; whether so
 * many rows are gone that the file is worth writing anew.
 */
const SELECT_WORN_TABLES = `
SELECT quote_ident(schemaname) || '.' || quote_ident(stats.relname) AS name,
  n_dead_tup > greatest(n_live_tup, 1000) / 4 AS "isHollow"
FROM pg_stat_user_tables AS stats JOIN pg_class ON pg_class.oid = stats.relid
WHERE n_mod_since_analyze > greatest(reltuples, 0) / 50`;

/**
 * PGlite in a folder, where nobody looks after it as a server's own processes would.
 *
 * A server that panics, because its log cannot be written, ends. PGlite lives on, and its next
 * statement never comes back and blocks the process: so there is none.
 */
export class FolderPglite extends PGlite {
  #crash: unknown;
  #openedAtBytes = 0;
  #trimmedAtBytes = 0;
  #transactions = 0;

  /** @throws what PGlite throws when the folder cannot be opened */
  static async open(folder: string): Promise<FolderPglite> {
    const pglite = new FolderPglite(folder, { startParams: START_PARAMETERS });
    await pglite.waitReady;
    pglite.#openedAtBytes = await pglite.#logPosition();
    pglite.#trimmedAtBytes = pglite.#openedAtBytes;
    return pglite;
  }

  override execProtocol(...args: Parameters<PGlite['execProtocol']>) {
    return this.#unlessCrashed(() => super.execProtocol(...args));
  }

  override execProtocolStream(...args: Parameters<PGlite['execProtocolStream']>) {
    return this.#unlessCrashed(() => super.execProtocolStream(...args));
  }

  override async transaction<T>(...args: Parameters<typeof PGlite.prototype.transaction<T>>) {
    const result = await super.transaction<T>(...args);
    this.#transactions += 1;
    if (this.#transactions % TRANSACTIONS_BETWEEN_LOOKS === 0) {
      // What was committed is kept, whatever becomes of the log.
      await this.#trimLog(LONGEST_LOG_BYTES).catch(() => undefined);
    }
    return result;
  }

  /** What was written is left as a server would have it: counted, cleaned, the log short. */
  override async close(): Promise<void> {
    if (this.#crash === undefined) await this.#tidy().catch(() => undefined);
    await super.close();
  }

  async #tidy(): Promise<void> {
    if ((await this.#logPosition()) === this.#openedAtBytes) return;
    // What was counted is told once a second, unless it is asked for.
    await this.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await this.query<{ name: string; isHollow: boolean }>(SELECT_WORN_TABLES);
    for (const { name, isHollow } of rows) {
      await this.exec(`VACUUM (${isHollow ? 'FULL, ' : ''}ANALYZE) ${name}`);
    }
    await this.#trimLog(0);
  }

  async #trimLog(longestBytes: number): Promise<void> {
    const bytes = await this.#logPosition();
    if (bytes - this.#trimmedAtBytes <= longestBytes) return;
    await this.exec('CHECKPOINT');
    this.#trimmedAtBytes = await this.#logPosition();
  }

  async #logPosition(): Promise<number> {
    const { rows } = await this.query<{ bytes: number }>(SELECT_LOG_POSITION);
    return rows[0]?.bytes ?? 0;
  }

  async #unlessCrashed<T>(work: () => Promise<T>): Promise<T> {
    if (this.#crash !== undefined) throw this.#crash;
    try {
      return await work();
    } catch (error) {
      if (!isAnswer(error)) this.#crash = error;
      throw error;
    }
  }
}

/** PostgreSQL refused a statement, and is ready for the next. */
function isAnswer(error: unknown): boolean {
  return error instanceof messages.DatabaseError && error.severity === 'ERROR';
}
