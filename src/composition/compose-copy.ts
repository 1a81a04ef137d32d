import { type Copied, copyDatabase } from '../copying/copy-database.ts';
import type { SqlExecutor, Transact } from '../database/database.ts';
import {
  assertNotNewer,
  type Migration,
  migrate,
  migrationStatus,
} from '../database/open/migrations.ts';
import { ServerConnection } from '../database/session/server-connection.ts';
import { DatabaseError } from '../errors.ts';
import { explainFailure } from '../report/explain-failure.ts';
import type { CommandContext } from './command-context.ts';
import { notMigrated, using } from './compose-database.ts';
import { withReadSession } from './compose-session.ts';

/**
 * Copies the stored database into another one, in one transaction there.
 *
 * @param url of an empty PostgreSQL database
 */
export function copyStored(context: CommandContext, url: string): Promise<Copied> {
  const { adapters, interrupt: signal, logger } = context;
  return withReadSession(context, { signal }, async (source) => {
    const opened = await ServerConnection.open('BEGIN', { url, signal }).catch(rethrow(url));
    return using(opened, async (connection) => {
      const target = new Target(connection, url);
      await ensureTables(target, await adapters.readMigrations());
      const copied = await copyDatabase({
        source,
        target,
        copied: (table, rows) => logger.info({ table, rows }, 'table copied'),
      });
      await target.execute('COMMIT');
      return copied;
    });
  });
}

/** What fails there is told of as of the target, which no setting names. */
class Target implements SqlExecutor {
  readonly #connection: ServerConnection;
  readonly #rethrow: (error: unknown) => never;

  constructor(connection: ServerConnection, url: string) {
    this.#connection = connection;
    this.#rethrow = rethrow(url);
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#connection.query<Row>(sql, ...values).catch(this.#rethrow);
  }

  execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    return this.#connection.execute(sql, ...values).catch(this.#rethrow);
  }

  async copyIn(sql: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    let ofSource: { readonly error: unknown } | undefined;
    const watched = async function* () {
      try {
        yield* pieces;
      } catch (error) {
        ofSource = { error };
        throw error;
      }
    };
    await this.#connection.copyIn(sql, watched()).catch((error: unknown) => {
      if (ofSource !== undefined) throw ofSource.error;
      this.#rethrow(error);
    });
  }
}

function rethrow(url: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DatabaseError)) throw error;
    const words = explainFailure(error, { DATABASE_URL: url }).replaceAll('DATABASE_URL', '--to');
    throw new DatabaseError(words, { cause: error });
  };
}

/** Tables of an older version are brought up to date only while they are empty. */
async function ensureTables(target: SqlExecutor, migrations: readonly Migration[]): Promise<void> {
  const status = await migrationStatus(target, migrations);
  assertNotNewer(status);
  const { pending, isEmpty } = status;
  if (pending.length === 0) return;
  if (!isEmpty) throw notMigrated(pending);
  await migrate(inTransaction(target), migrations);
}

/** The connection is in its transaction already. */
function inTransaction(sql: SqlExecutor): Transact {
  return (work) => work(sql);
}
