import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { StatementError, type StatementFault } from '../../errors.ts';
import { toDatabaseError } from '../database-failure.ts';
import { CONNECTION, openSocket } from '../open/server-socket.ts';
import { readServerUrl } from '../open/server-url.ts';
import { SESSION_SETTINGS } from '../session-settings.ts';
import type { AnswerPage, Cells } from './read-session.ts';

/** A reader, or the other side of a copy, may take its time between two statements. */
const WAIT_FOR_US = `SELECT set_config('idle_in_transaction_session_timeout', '0', true),
  set_config('statement_timeout', $1::text, true)`;

const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** What a connection is opened with. */
export interface ConnectionOptions {
  readonly url: string;
  /** Breaks the connection, whatever it is at; what it was at fails with the reason. */
  readonly signal: AbortSignal;
  /** The server ends a statement after it. @default never */
  readonly statementTimeoutMs?: number;
}

/**
 * One connection to a server in one transaction, for what Prisma does not do: cursors, COPY, and the
 * places of errors. It fails as `ReadSession` says.
 */
export class ServerConnection {
  readonly #client: pg.Client;
  readonly #sockets = new Set<Socket>();
  readonly #signal: AbortSignal;

  private constructor(client: pg.Client, sockets: Set<Socket>, signal: AbortSignal) {
    this.#client = client;
    this.#sockets = sockets;
    this.#signal = signal;
  }

  /**
   * Connects and begins the transaction.
   *
   * @param begin `BEGIN …`
   */
  static async open(
    begin: string,
    { url, signal, statementTimeoutMs = 0 }: ConnectionOptions,
  ): Promise<ServerConnection> {
    const sockets = new Set<Socket>();
    const { connectionString, schema } = readServerUrl(url);
    const client = new pg.Client({
      connectionString,
      ...CONNECTION,
      stream: () => openSocket(sockets, 0),
    });
    // What breaks the connection is told of by whatever is asked next.
    client.on('error', () => undefined);
    const connection = new ServerConnection(client, sockets, signal);
    signal.addEventListener('abort', connection.#breakOff, { once: true });
    try {
      await connection.#unlessAborted(() => client.connect());
      await connection.query(begin);
      await connection.query(SESSION_SETTINGS, schema ?? null);
      await connection.query(WAIT_FOR_US, String(Math.ceil(statementTimeoutMs)));
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    // Only so does PostgreSQL refuse a text of several statements.
    const query = { text: sql, values: [...values], queryMode: 'extended' };
    const { rows } = await this.#unlessAborted(() => this.#client.query<never>(query));
    return rows;
  }

  /** Resolves to the number of rows written. */
  async execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    const { rowCount } = await this.#unlessAborted(() => this.#client.query(sql, [...values]));
    return rowCount ?? 0;
  }

  /** The answer as texts. */
  async ask(sql: string): Promise<AnswerPage> {
    const query = { text: sql, rowMode: 'array', types: AS_TEXT } as const;
    const { fields, rows } = await this.#unlessAborted(() =>
      this.#client.query<(string | null)[]>(query),
    );
    const columns = fields.map(({ name, dataTypeID: typeId }) => ({ name, typeId }));
    return { columns, rows: rows satisfies Cells[] };
  }

  /** What a `COPY … TO STDOUT` gives. */
  async *copyOut(sql: string): AsyncGenerator<Uint8Array> {
    const stream = this.#client.query(copyTo(sql));
    try {
      for await (const piece of stream) yield piece as Buffer;
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /** Feeds a `COPY … FROM STDIN`. */
  async copyIn(sql: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const stream = this.#client.query(copyFrom(sql));
    const ended = this.#unlessAborted(() => finished(stream));
    // It is awaited below, when all was written; until then its failure must not count as unhandled.
    ended.catch(() => undefined);
    try {
      for await (const piece of pieces) {
        if (!stream.write(piece)) await Promise.race([ended, drained(stream)]);
      }
      stream.end();
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
    await ended;
  }

  /** What was not committed is rolled back. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#breakOff);
    if (!this.#signal.aborted) await this.#client.end().catch(() => undefined);
    // A server that hangs never says goodbye: nobody waits for it.
    for (const socket of this.#sockets) socket.destroy();
  }

  readonly #breakOff = () => {
    for (const socket of this.#sockets) socket.destroy();
  };

  async #unlessAborted<T>(work: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  #failureOf(error: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason;
    if (!(error instanceof pg.DatabaseError)) return toDatabaseError(error);
    const { message, code, position, detail, hint } = error;
    const fault: StatementFault = {
      position: position === undefined ? undefined : Number(position),
      detail,
      hint,
    };
    return new StatementError(message, fault, { sqlState: code, cause: error });
  }
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once('drain', resolve));
}
