import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import type { Clock } from '../clock.ts';
import { DatabaseError } from '../errors.ts';
import { isTransient, toDatabaseError } from './database-failure.ts';
import type { PrismaClient } from './generated/client.ts';

const RETRY_DELAYS_MS: readonly number[] = [250, 1000];

/** Runs SQL. Every value is a bind parameter. Both methods throw DatabaseError. */
export interface SqlExecutor {
  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]>;
  /** Resolves to the number of rows written. */
  execute(sql: string, ...values: readonly unknown[]): Promise<number>;
}

/** Runs work in one transaction that is retried when the failure may pass. */
export type Transact = <T>(work: (sql: SqlExecutor) => Promise<T>) => Promise<T>;

export interface DatabaseCounters {
  statements: number;
  rowsWritten: number;
}

type Driver = Awaited<ReturnType<SqlDriverAdapterFactory['connect']>>;
type Queryable = Pick<Driver, 'queryRaw' | 'executeRaw'>;
type DriverTransaction = Awaited<ReturnType<Driver['startTransaction']>>;

/**
 * The database, PostgreSQL or PGlite, behind Prisma's driver adapters. Typed reads go through
 * Prisma's client, which is loaded for them alone: its query compiler takes 40 MB, and it turns
 * every parameter into JSON and back.
 */
export class Database implements SqlExecutor {
  readonly counters: DatabaseCounters = { statements: 0, rowsWritten: 0 };
  readonly #factory: SqlDriverAdapterFactory;
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #close: () => Promise<void>;
  #driver: Promise<Driver> | undefined;
  #prisma: Promise<PrismaClient> | undefined;

  /**
   * @param clock waits before what failed is tried again
   * @param close called after the connections are closed
   */
  constructor(
    factory: SqlDriverAdapterFactory,
    clock: Pick<Clock, 'sleep'>,
    close: () => Promise<void>,
  ) {
    this.#factory = factory;
    this.#clock = clock;
    this.#close = close;
  }

  /** Reads with Prisma's typed client. @throws DatabaseError */
  read<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    this.#prisma ??= createPrismaClient(this.#factory);
    const prisma = this.#prisma;
    return this.#retried(async () => {
      this.counters.statements += 1;
      return work(await prisma).catch(rethrow);
    });
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#retried(async () =>
      executorOf(await this.#connect(), this.counters).query<Row>(sql, ...values),
    );
  }

  execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    return this.#retried(async () =>
      executorOf(await this.#connect(), this.counters).execute(sql, ...values),
    );
  }

  /** @throws DatabaseError when the database fails for good; whatever `work` throws */
  readonly transact: Transact = async (work) =>
    this.#retried(async () => {
      const counters = { statements: 0, rowsWritten: 0 };
      const transaction = await (await this.#connect()).startTransaction().catch(rethrow);
      let hasEnded = false;
      try {
        const result = await work(
          executorOf(transaction, counters, () => {
            if (hasEnded) throw new DatabaseError('the transaction has ended');
          }),
        );
        hasEnded = true;
        await commit(transaction).catch(rethrow);
        this.counters.rowsWritten += counters.rowsWritten;
        return result;
      } catch (error) {
        hasEnded = true;
        await rollback(transaction);
        throw error;
      } finally {
        this.counters.statements += counters.statements;
      }
    });

  async close(): Promise<void> {
    const [driver, prisma] = await Promise.all([this.#driver, this.#prisma]);
    await prisma?.$disconnect();
    await driver?.dispose();
    await this.#close();
  }

  #connect(): Promise<Driver> {
    this.#driver ??= this.#factory.connect();
    return this.#driver;
  }

  async #retried<T>(work: () => Promise<T>): Promise<T> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof DatabaseError) || !isTransient(error)) throw error;
        await this.#clock.sleep(delayMs);
      }
    }
    return work();
  }
}

async function createPrismaClient(adapter: SqlDriverAdapterFactory): Promise<PrismaClient> {
  const { PrismaClient } = await import('./generated/client.ts');
  return new PrismaClient({ adapter });
}

/** @param assertOpen throws when it is too late for another statement */
function executorOf(
  queryable: Queryable,
  counters: DatabaseCounters,
  assertOpen: () => void = () => undefined,
): SqlExecutor {
  return {
    query: async <Row>(sql: string, ...values: readonly unknown[]) => {
      assertOpen();
      counters.statements += 1;
      const { columnNames, rows } = await queryable.queryRaw(toQuery(sql, values)).catch(rethrow);
      return rows.map((row) => toObject(columnNames, row) as Row);
    },
    execute: async (sql, ...values) => {
      assertOpen();
      counters.statements += 1;
      const rows = await queryable.executeRaw(toQuery(sql, values)).catch(rethrow);
      counters.rowsWritten += rows;
      return rows;
    },
  };
}

function toQuery(sql: string, values: readonly unknown[]) {
  const argTypes = values.map(() => ({ scalarType: 'unknown', arity: 'scalar' }) as const);
  return { sql, args: [...values], argTypes };
}

function toObject(names: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name, index) => [name, row[index]]));
}

/**
 * Some drivers end a transaction themselves, others with a statement. PGlite's does, and keeps to
 * itself that it failed; after ours, its COMMIT has nothing left to do.
 */
async function commit(transaction: DriverTransaction): Promise<void> {
  await transaction.executeRaw(toQuery('COMMIT', []));
  await transaction.commit();
}

/** The failure that led here is the one to tell of: a rollback that fails too adds nothing. */
async function rollback(transaction: DriverTransaction): Promise<void> {
  try {
    if (!transaction.options.usePhantomQuery) await transaction.executeRaw(toQuery('ROLLBACK', []));
  } catch {
    // The server rolls back when the connection ends.
  } finally {
    await transaction.rollback().catch(() => undefined);
  }
}

function rethrow(error: unknown): never {
  throw toDatabaseError(error);
}
