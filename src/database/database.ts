import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseError } from '../errors.ts';
import { isTransient, toDatabaseError } from './database-failure.ts';
import type { PrismaClient } from './generated/client.ts';

/** A transaction that takes longer is given up. */
const TRANSACTION_TIMEOUT_MS = 120_000;
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

type RawClient = Pick<PrismaClient, '$queryRawUnsafe' | '$executeRawUnsafe'>;

/** The database, PostgreSQL or PGlite, behind Prisma. */
export class Database implements SqlExecutor {
  readonly counters: DatabaseCounters = { statements: 0, rowsWritten: 0 };
  readonly #prisma: PrismaClient;
  readonly #close: () => Promise<void>;

  constructor(prisma: PrismaClient, close: () => Promise<void>) {
    this.#prisma = prisma;
    this.#close = close;
  }

  /** Reads with Prisma's typed client. @throws DatabaseError */
  read<T>(work: (prisma: PrismaClient) => Promise<T>): Promise<T> {
    return retried(() => {
      this.counters.statements += 1;
      return work(this.#prisma).catch(rethrow);
    });
  }

  query<Row>(sql: string, ...values: readonly unknown[]): Promise<Row[]> {
    return retried(() => this.#executor(this.#prisma, this.counters).query<Row>(sql, ...values));
  }

  execute(sql: string, ...values: readonly unknown[]): Promise<number> {
    return retried(() => this.#executor(this.#prisma, this.counters).execute(sql, ...values));
  }

  /** @throws DatabaseError when the database fails for good; whatever `work` throws */
  readonly transact: Transact = async (work) =>
    retried(async () => {
      const counters = { statements: 0, rowsWritten: 0 };
      const options = { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_TIMEOUT_MS };
      let workFailure: unknown;
      const run = async (client: RawClient) => {
        try {
          return await work(this.#executor(client, counters));
        } catch (error) {
          workFailure = error;
          throw error;
        }
      };
      try {
        const result = await this.#prisma.$transaction(run, options);
        this.counters.rowsWritten += counters.rowsWritten;
        return result;
      } catch (error) {
        throw workFailure ?? toDatabaseError(error);
      } finally {
        this.counters.statements += counters.statements;
      }
    });

  async close(): Promise<void> {
    await this.#prisma.$disconnect();
    await this.#close();
  }

  #executor(client: RawClient, counters: DatabaseCounters): SqlExecutor {
    return {
      query: async <Row>(sql: string, ...values: readonly unknown[]) => {
        counters.statements += 1;
        return client.$queryRawUnsafe<Row[]>(sql, ...values).catch(rethrow);
      },
      execute: async (sql, ...values) => {
        counters.statements += 1;
        const rows = await client.$executeRawUnsafe(sql, ...values).catch(rethrow);
        counters.rowsWritten += rows;
        return rows;
      },
    };
  }
}

function rethrow(error: unknown): never {
  throw toDatabaseError(error);
}

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (const delayMs of RETRY_DELAYS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DatabaseError) || !isTransient(error)) throw error;
      await delay(delayMs);
    }
  }
  return work();
}
