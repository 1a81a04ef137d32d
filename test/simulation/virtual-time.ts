/** Turns of the event loop without anything to do, after which nothing is under way any more. */
const IDLE_TURNS = 2;

interface Event {
  readonly atMs: number;
  /** Events of one moment come in the order in which they were planned. */
  readonly order: number;
  readonly callback: () => void;
}

/**
 * The time of a simulated world. It stands still while the program computes, and jumps to the next
 * event when everything waits: so the same seed gives the same history, however fast the machine is.
 */
export class VirtualTime {
  readonly #startMs: number;
  readonly #events = new Set<Event>();
  #elapsedMs = 0;
  #planned = 0;
  #busy = 0;

  constructor(start: Date) {
    this.#startMs = start.getTime();
  }

  /** The true time, which is ESI's. */
  now(): Date {
    return new Date(this.#startMs + this.#elapsedMs);
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Calls back after a time. @returns calls it off */
  after(milliseconds: number, callback: () => void): () => void {
    const atMs = this.#elapsedMs + Math.max(0, milliseconds);
    const event: Event = { atMs, order: this.#planned, callback };
    this.#planned += 1;
    this.#events.add(event);
    return () => void this.#events.delete(event);
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, resolve));
  }

  /** Holds the time while real work (a query of PGlite) is under way. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  /** Lets time pass, event by event, until the condition holds or nothing more will happen. */
  async runUntil(isDone: () => boolean): Promise<void> {
    await this.#settle();
    while (!isDone()) {
      const next = this.#next();
      if (next === undefined) return;
      this.#events.delete(next);
      this.#elapsedMs = next.atMs;
      next.callback();
      await this.#settle();
    }
  }

  /** Lets time pass, with everything that happens in it. */
  async pass(milliseconds: number): Promise<void> {
    let isOver = false;
    this.after(milliseconds, () => {
      isOver = true;
    });
    await this.runUntil(() => isOver);
  }

  #next(): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events) {
      if (next === undefined || event.atMs < next.atMs) next = event;
      else if (event.atMs === next.atMs && event.order < next.order) next = event;
    }
    return next;
  }

  async #settle(): Promise<void> {
    for (let idle = 0; idle < IDLE_TURNS; ) {
      await new Promise((resolve) => setImmediate(resolve));
      idle = this.#busy > 0 ? 0 : idle + 1;
    }
  }
}
