import type { PGlite } from '@electric-sql/pglite';
import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  Transaction,
} from '@prisma/driver-adapter-utils';
import { pgliteAdapter } from '../../src/database/open/pglite-adapter.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The server ends a transaction whose client says nothing for so long (`open-server.ts`). */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
const CONNECTION_LOST = 'Connection terminated unexpectedly';

/** When the connection breaks at a statement: before it, after it, or not at all. */
export type StatementFault = 'before' | 'after' | undefined;

export interface DatabaseConnection {
  readonly process: SimulatedProcess;
  readonly nextFault: () => StatementFault;
  /** Milliseconds that a statement takes. */
  readonly latencyMs: () => number;
  /** Hears of every transaction that wrote rows, before anybody else can see them. */
  readonly onCommit: (statements: readonly string[]) => void;
}

/** A PostgreSQL server, in this process: transactions come one after another. */
export class SimulatedDatabase {
  readonly #pglite: PGlite;
  readonly #time: VirtualTime;
  #queue: Promise<void> = Promise.resolve();

  constructor(pglite: PGlite, time: VirtualTime) {
    this.#pglite = pglite;
    this.#time = time;
  }

  connect(connection: DatabaseConnection): SqlDriverAdapterFactory {
    const real = pgliteAdapter(this.#pglite);
    const connect = async (): Promise<SqlDriverAdapter> => {
      const driver = await real.connect();
      const session = new Session(connection, this.#time, driver, () => this.#takeTurn());
      return {
        provider: driver.provider,
        adapterName: driver.adapterName,
        queryRaw: (query) => session.alone(() => driver.queryRaw(query)),
        executeRaw: (query) => session.alone(() => driver.executeRaw(query)),
        executeScript: (script) => session.alone(() => driver.executeScript(script)),
        startTransaction: () => session.startTransaction(),
        dispose: () => Promise.resolve(),
      };
    };
    return { provider: 'postgres', adapterName: 'simulated', connect };
  }

  /** Waits for the one connection. @returns gives it back */
  async #takeTurn(): Promise<() => void> {
    const before = this.#queue;
    let giveBack = () => {};
    this.#queue = new Promise((resolve) => {
      giveBack = resolve;
    });
    await before;
    return giveBack;
  }
}

/** What one process does on the server. */
class Session {
  readonly #connection: DatabaseConnection;
  readonly #time: VirtualTime;
  readonly #driver: SqlDriverAdapter;
  readonly #takeTurn: () => Promise<() => void>;

  constructor(
    connection: DatabaseConnection,
    time: VirtualTime,
    driver: SqlDriverAdapter,
    takeTurn: () => Promise<() => void>,
  ) {
    this.#connection = connection;
    this.#time = time;
    this.#driver = driver;
    this.#takeTurn = takeTurn;
  }

  /** A statement outside of any transaction. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#statement(async () => {
      const giveBack = await this.#waitForTurn();
      try {
        return await this.#time.during(work);
      } finally {
        giveBack();
      }
    });
  }

  async startTransaction(): Promise<Transaction> {
    const { process, onCommit } = this.#connection;
    await process.step();
    const giveBack = await this.#waitForTurn();
    const real = await this.#time.during(() => this.#driver.startTransaction());
    const open = new OpenTransaction(process, this.#time, real, giveBack);
    const breakOff = () => open.end();
    const written: string[] = [];
    return {
      options: real.options,
      provider: real.provider,
      adapterName: real.adapterName,
      queryRaw: (query) => this.#statement(() => open.use(() => real.queryRaw(query)), breakOff),
      executeRaw: (query) =>
        this.#statement(async () => {
          const rows = await open.use(() => real.executeRaw(query));
          if (rows > 0) written.push(query.sql);
          return rows;
        }, breakOff),
      commit: () => this.#statement(() => open.commit(() => onCommit(written)), breakOff),
      rollback: breakOff,
    };
  }

  async #waitForTurn(): Promise<() => void> {
    const giveBack = await this.#takeTurn();
    const { process } = this.#connection;
    if (process.isDead) giveBack();
    const forget = process.onDeath(giveBack);
    await process.awake();
    forget();
    return giveBack;
  }

  /** @param breakOff what the server does when the connection breaks */
  async #statement<T>(
    work: () => Promise<T>,
    breakOff: () => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    const { process, nextFault, latencyMs } = this.#connection;
    await process.step();
    const fault = nextFault();
    if (fault === 'before') return loseConnection(breakOff);
    const result = await work();
    await this.#time.wait(latencyMs());
    if (fault === 'after') return loseConnection(breakOff);
    await process.step();
    return result;
  }
}

/** A transaction on the server, which ends with its client's connection at the latest. */
class OpenTransaction {
  readonly #time: VirtualTime;
  readonly #real: Transaction;
  readonly #giveBack: () => void;
  readonly #forget: (() => void)[];
  #hasEnded = false;

  constructor(
    process: SimulatedProcess,
    time: VirtualTime,
    real: Transaction,
    giveBack: () => void,
  ) {
    this.#time = time;
    this.#real = real;
    this.#giveBack = giveBack;
    this.#forget = [
      process.onDeath(() => void this.end()),
      process.onStop((milliseconds) => {
        if (milliseconds < IDLE_TRANSACTION_TIMEOUT_MS) return;
        time.after(IDLE_TRANSACTION_TIMEOUT_MS, () => void this.end());
      }),
    ];
    // Another task of the same process may have met its end meanwhile.
    if (process.isDead) void this.end();
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hasEnded) throw new Error(CONNECTION_LOST);
    return this.#time.during(work);
  }

  async commit(beforeOthersSee: () => void): Promise<void> {
    if (this.#hasEnded) throw new Error(CONNECTION_LOST);
    this.#close();
    await this.#time.during(() => this.#real.commit());
    beforeOthersSee();
    this.#giveBack();
  }

  /** Rolls back, once. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#close();
    await this.#time.during(() => this.#real.rollback());
    this.#giveBack();
  }

  #close(): void {
    this.#hasEnded = true;
    for (const forget of this.#forget) forget();
  }
}

async function loseConnection(breakOff: () => Promise<void>): Promise<never> {
  await breakOff();
  throw new Error(CONNECTION_LOST);
}
