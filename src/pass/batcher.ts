import type { Clock } from '../clock.ts';

/** Batches that may wait for the database before the fetching side has to wait too. */
const MAX_WAITING_BATCHES = 2;

/** How long what is fetched may wait to be stored: a process may be killed at any time. */
export interface Age {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly maxMs: number;
}

/**
 * Collects what is fetched and hands it on in batches, one batch at a time. `add` waits while too
 * much is on its way, so that memory stays bounded. A batch that fails ends whoever waits, and
 * `finish`.
 */
export class Batcher<T> {
  readonly #size: number;
  readonly #sizeOf: (element: T) => number;
  readonly #flush: (batch: readonly T[]) => Promise<void>;
  readonly #age: Age | undefined;
  #batch: T[] = [];
  #batchSize = 0;
  #begunAtMs = 0;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /**
   * @param size rows of a full batch
   * @param sizeOf rows of an element
   * @param age when a batch is handed on though it is not full; never without
   */
  constructor(
    size: number,
    sizeOf: (element: T) => number,
    flush: (batch: readonly T[]) => Promise<void>,
    age?: Age,
  ) {
    this.#age = age;
    this.#size = size;
    this.#sizeOf = sizeOf;
    this.#flush = flush;
  }

  async add(element: T): Promise<void> {
    if (this.#batch.length === 0) this.#begunAtMs = this.#age?.clock.monotonicMs() ?? 0;
    this.#batch.push(element);
    this.#batchSize += this.#sizeOf(element);
    if (this.#batchSize >= this.#size || this.#isOld()) this.#handOn();
    if (this.#waiting > MAX_WAITING_BATCHES) await this.#last;
  }

  /** Hands on what is left and waits until everything is done. */
  async finish(): Promise<void> {
    if (this.#batch.length > 0) this.#handOn();
    await this.#last;
  }

  /** Waits until no batch is at work, whether they succeeded or not. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }

  #isOld(): boolean {
    if (this.#age === undefined) return false;
    return this.#age.clock.monotonicMs() - this.#begunAtMs >= this.#age.maxMs;
  }

  #handOn(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchSize = 0;
    this.#waiting += 1;
    this.#last = this.#last.then(async () => {
      await this.#flush(batch);
      this.#waiting -= 1;
    });
    // Whoever waits next sees the failure; until then it must not count as unhandled.
    this.#last.catch(() => undefined);
  }
}
