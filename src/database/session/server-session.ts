import {
  type AnswerPage,
  BEGIN_READING,
  declareCursor,
  fetchFromCursor,
  type ReadSession,
} from './read-session.ts';
import { type ConnectionOptions, ServerConnection } from './server-connection.ts';

/** A session with a server. */
export async function openServerSession(options: ConnectionOptions): Promise<ReadSession> {
  return new ServerSession(await ServerConnection.open(BEGIN_READING, options));
}

class ServerSession implements ReadSession {
  readonly #connection: ServerConnection;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#connection.query(sql, ...values);
  }

  async declare(statement: string): Promise<void> {
    await this.#connection.query(declareCursor(statement));
  }

  fetch(rows: number): Promise<AnswerPage> {
    return this.#connection.ask(fetchFromCursor(rows));
  }

  copyOut(table: string, columns: readonly string[]): AsyncIterable<Uint8Array> {
    return this.#connection.copyOut(`COPY ${table} (${columns.join(', ')}) TO STDOUT`);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
