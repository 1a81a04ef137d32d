import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import type { Clock } from '../clock.ts';
import { DatabaseError } from '../errors.ts';
import { isTransient, toDatabaseError } from './database-failure.ts';
import type { Prisma, PrismaClient } from './generated/client.ts';
import { SESSION_SETTINGS } from './session-settings.ts';

const RETRY_DELAYS_MS: readonly number[] = [250, 1000];
/** Prisma ends a transaction after 5 s. Here the fence, and a server's silence, end what hangs. */
const PATIENCE_MS = 86_400_000;
const PATIENCE = { maxWait: PATIENCE_MS, timeout: PATIENCE_MS };

/** Runs SQL. Every value is a bind parameter. Both methods throw DatabaseError. */
export interface SqlExecutor {
  /** Numbers that may pass 2^31 come as bigint; whole answers are better read as JSON. */
  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]>;
  /** Resolves to the number of rows written. */
  execute(sql: string, ...values: readonly unknown[]): Promise<number>;
}

/** Prisma's models, for small reads. */
export type Models = Omit<Prisma.TransactionClient, `$${string}`>;

/** Runs work in one transaction that is retried when the failure may pass. */
export type Transact = <T>(work: (sql: SqlExecutor) => Promise<T>) => Promise<T>;

export interface DatabaseCounters {
  statements: number;
  /** Rows that were committed. */
  rowsWritten: number;
}

/**
 * The database, PostgreSQL or PGlite, behind Prisma's client, which is loaded with the first
 * statement. Everything runs in a transaction, since only there settings of the session can be had.
 */
export class Database implements SqlExecutor {
  readonly counters: DatabaseCounters = { statements: 0, rowsWritten: 0 };
  readonly #options: DatabaseOptions;
  #prisma: Promise<PrismaClient> | undefined;
  #hasAnswered = false;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#transact((transaction) => transaction.query<Row>(sql, ...values));
  }

  execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    return this.#transact((transaction) => transaction.execute(sql, ...values));
  }

  /** Reads with Prisma's models. @throws DatabaseError */
  read<T>(work: (models: Models) => Promise<T>): Promise<T> {
    return this.#transact((transaction) => transaction.read(work));
  }

  /** @throws DatabaseError when the database fails for good; whatever `work` throws */
  readonly transact: Transact = (work) => this.#transact(work);

  async close(): Promise<void> {
    const { interrupt, close } = this.#options;
    const prisma = await this.#prisma;
    // A server that has not answered does not answer that either. A connection that could not be
    // made has been told of where it was asked for.
    if (this.#hasAnswered || !interrupt?.aborted)
      await prisma?.$disconnect().catch(() => undefined);
    await close();
  }

  #transact<T>(work: (transaction: OpenTransaction) => Promise<T>): Promise<T> {
    return this.#retried(async () => {
      const counters = { statements: 0, rowsWritten: 0 };
      const result = await this.#attempt(work, counters).finally(() => {
        this.counters.statements += counters.statements;
      });
      this.counters.rowsWritten += counters.rowsWritten;
      return result;
    });
  }

  async #attempt<T>(
    work: (transaction: OpenTransaction) => Promise<T>,
    counters: DatabaseCounters,
  ): Promise<T> {
    this.#prisma ??= createPrismaClient(this.#options.adapter);
    const prisma = await this.#prisma;
    let thrown: { readonly error: unknown } | undefined;
    const inTransaction = async (client: Prisma.TransactionClient): Promise<T> => {
      const transaction = new OpenTransaction(client, counters);
      await client.$queryRawUnsafe(SESSION_SETTINGS, this.#options.schema ?? null);
      try {
        const result = await work(transaction);
        transaction.assertSound();
        return result;
      } catch (error) {
        thrown = { error };
        throw error;
      } finally {
        transaction.end();
      }
    };
    const outcome = prisma.$transaction(inTransaction, PATIENCE).catch((error: unknown) => {
      throw thrown === undefined ? toDatabaseError(error) : thrown.error;
    });
    return this.#hasAnswered ? outcome : this.#unlessInterrupted(outcome);
  }

  /** Nothing is to be finished on a server that has not answered yet. */
  async #unlessInterrupted<T>(outcome: Promise<T>): Promise<T> {
    const { interrupt } = this.#options;
    const result = await (interrupt === undefined ? outcome : orAborted(outcome, interrupt));
    this.#hasAnswered = true;
    return result;
  }

  async #retried<T>(work: () => Promise<T>): Promise<T> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseError) || !isTransient(error)) throw error;
        await this.#options.clock.sleep(delayMs);
      }
    }
    return work();
  }
}

/** What a database is opened with. */
export interface DatabaseOptions {
  readonly adapter: SqlDriverAdapterFactory;
  /** Where the tables are; undefined for the schema that is current. */
  readonly schema?: string | undefined;
  /** Waits before what failed is tried again. */
  readonly clock: Pick<Clock, 'sleep'>;
  /** Ends the waiting for a server that has not answered yet. */
  readonly interrupt?: AbortSignal | undefined;
  /** Called after the connections are closed. */
  readonly close: () => Promise<void>;
}

/** A transaction until its end, with what it did. */
class OpenTransaction implements SqlExecutor {
  readonly #client: Prisma.TransactionClient;
  readonly #counters: DatabaseCounters;
  #failure: DatabaseError | undefined;
  #hasEnded = false;

  constructor(client: Prisma.TransactionClient, counters: DatabaseCounters) {
    this.#client = client;
    this.#counters = counters;
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#statement(() => this.#client.$queryRawUnsafe<Row[]>(sql, ...values.map(bound)));
  }

  async execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    const rows = await this.#statement(() =>
      this.#client.$executeRawUnsafe(sql, ...values.map(bound)),
    );
    this.#counters.rowsWritten += rows;
    return rows;
  }

  read<T>(work: (models: Models) => Promise<T>): Promise<T> {
    return this.#statement(() => work(this.#client));
  }

  /** PostgreSQL takes the COMMIT of a transaction that failed, and rolls it back without a word. */
  assertSound(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  end(): void {
    this.#hasEnded = true;
  }

  async #statement<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hasEnded) throw new DatabaseError('the transaction has ended');
    this.#counters.statements += 1;
    try {
      return await work();
    } catch (error) {
      this.#failure = toDatabaseError(error);
      throw this.#failure;
    }
  }
}

async function createPrismaClient(adapter: SqlDriverAdapterFactory): Promise<PrismaClient> {
  const { PrismaClient } = await import('./generated/client.ts');
  // Else it looks up the caller of each statement, for its messages.
  return new PrismaClient({ adapter, errorFormat: 'minimal' });
}

async function orAborted<T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const { signal: listener } = listening;
    signal.addEventListener('abort', () => reject(signal.reason), { signal: listener });
  });
  try {
    return await Promise.race([outcome, aborted]);
  } finally {
    listening.abort();
  }
}

/** The drivers would send a Date without its zone. */
function bound(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
