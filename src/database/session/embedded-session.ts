import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { DatabaseError, StatementError } from '../../errors.ts';
import type {
  CopiedPiece,
  EmbeddedReply,
  EmbeddedRequest,
  TransferredError,
} from './embedded-requests.ts';
import type { AnswerPage, ReadSession } from './read-session.ts';
import type { EmbeddedPlace } from './session-thread.ts';

/** Where the build puts the thread. */
const THREAD = fileURLToPath(new URL('../../../dist/session-thread.js', import.meta.url));

/**
 * A session with the embedded database, in a thread of its own.
 *
 * @param signal ends the thread, whatever it is at
 * @param afterClose called when the thread has ended, however that was
 */
export function openEmbeddedSession(
  place: EmbeddedPlace,
  signal: AbortSignal,
  afterClose: () => Promise<void> = async () => {},
): ReadSession {
  const thread = new Worker(THREAD, { workerData: place });
  return new EmbeddedSession(thread, signal, afterClose);
}

class EmbeddedSession implements ReadSession {
  readonly #thread: Worker;
  readonly #ended: Promise<unknown>;
  readonly #signal: AbortSignal;
  readonly #afterClose: () => Promise<void>;
  #failure: unknown;

  constructor(thread: Worker, signal: AbortSignal, afterClose: () => Promise<void>) {
    this.#thread = thread;
    this.#signal = signal;
    this.#afterClose = afterClose;
    this.#ended = once(thread, 'exit');
    thread.on('error', (error) => {
      this.#failure = error;
    });
    signal.addEventListener('abort', () => void thread.terminate(), { once: true });
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#ask({ kind: 'query', sql, values });
  }

  declare(statement: string): Promise<void> {
    return this.#ask({ kind: 'declare', statement });
  }

  fetch(rows: number): Promise<AnswerPage> {
    return this.#ask({ kind: 'fetch', rows });
  }

  async *copyOut(table: string, columns: readonly string[]): AsyncGenerator<Uint8Array> {
    let block: number | undefined = 0;
    while (block !== undefined) {
      const piece: CopiedPiece = await this.#ask({ kind: 'copy', table, columns, block });
      yield piece.bytes;
      block = piece.nextBlock;
    }
  }

  async close(): Promise<void> {
    try {
      if (this.#failure === undefined) await this.#ask({ kind: 'close' }).catch(() => undefined);
      await this.#thread.terminate();
      await this.#ended;
    } finally {
      await this.#afterClose();
    }
  }

  /** One question at a time. */
  async #ask<Value>(request: EmbeddedRequest): Promise<Value> {
    this.#signal.throwIfAborted();
    const answered = new Promise<EmbeddedReply>((resolve) => this.#thread.once('message', resolve));
    this.#thread.postMessage(request);
    const reply = await Promise.race([answered, this.#ended.then(() => this.#endedEarly())]);
    if (reply.kind === 'failed') throw errorOf(reply.error);
    return reply.value as Value;
  }

  #endedEarly(): never {
    this.#signal.throwIfAborted();
    const cause = this.#failure;
    throw new DatabaseError('the embedded database has ended', { cause });
  }
}

function errorOf({ message, sqlState, fault }: TransferredError): DatabaseError {
  if (fault === undefined) return new DatabaseError(message, { sqlState });
  return new StatementError(message, fault, { sqlState });
}
