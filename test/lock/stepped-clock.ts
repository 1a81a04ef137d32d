import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so. */
export class SteppedClock implements Clock {
  #nowMs = 1000;
  readonly #sleepers = new Set<Sleeper>();

  /** A lock has no business with the wall clock, which may be wrong and may jump. */
  now(): Date {
    throw new Error('the wall clock was asked');
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(milliseconds, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop);
    });
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const sleeper = { untilMs: this.#nowMs + milliseconds, wake: callback };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** Those who wait for a time to come. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Time passes, and whoever waited for it wakes. */
  advance(milliseconds: number): void {
    this.jump(milliseconds);
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** Time passes and nobody wakes, as for a process that was stopped. */
  jump(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}
