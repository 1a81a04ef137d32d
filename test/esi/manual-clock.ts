import { expect, vi } from 'vitest';
import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  readonly wakeAtMs: number;
  readonly wake: () => void;
}

/**
 * Time that moves only when a test says so. With `leapMs`, waits up to that long pass at once
 * and are noted in `leaps`; longer ones, such as the deadline of a request, wait to be advanced.
 */
export class ManualClock implements Clock {
  readonly leaps: number[] = [];
  readonly #start: Date;
  readonly #leapMs: number;
  readonly #sleepers = new Set<Sleeper>();
  #elapsedMs = 0;

  constructor(start: Date, leapMs = -1) {
    this.#start = start;
    this.#leapMs = leapMs;
  }

  now(): Date {
    return new Date(this.#start.getTime() + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.schedule(milliseconds, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const sleeper: Sleeper = { wakeAtMs: this.#elapsedMs + milliseconds, wake: callback };
    this.#sleepers.add(sleeper);
    if (milliseconds <= this.#leapMs) queueMicrotask(() => this.#leap(sleeper, milliseconds));
    return () => this.#sleepers.delete(sleeper);
  }

  /** All waits that passed at once, together. */
  get leapedMs(): number {
    return this.leaps.reduce((total, milliseconds) => total + milliseconds, 0);
  }

  /** How many wait; what a finished piece of work leaves behind keeps a process alive. */
  get waiting(): number {
    return this.#sleepers.size;
  }

  /** Resolves when somebody waits for this long. */
  async untilAsleep(milliseconds: number): Promise<void> {
    await vi.waitFor(() => {
      const waits = [...this.#sleepers].map(({ wakeAtMs }) => wakeAtMs - this.#elapsedMs);
      expect(waits).toContain(milliseconds);
    }, 20_000);
  }

  /** Moves on, waking whoever sleeps on the way, in order of their times. */
  async advance(milliseconds: number): Promise<void> {
    const untilMs = this.#elapsedMs + milliseconds;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.wakeAtMs);
      this.#sleepers.delete(next);
      next.wake();
      await settle();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, untilMs);
  }

  #next(untilMs: number): Sleeper | undefined {
    return [...this.#sleepers]
      .filter(({ wakeAtMs }) => wakeAtMs <= untilMs)
      .sort((one, other) => one.wakeAtMs - other.wakeAtMs)[0];
  }

  #leap(sleeper: Sleeper, milliseconds: number): void {
    if (!this.#sleepers.delete(sleeper)) return;
    this.leaps.push(milliseconds);
    this.#elapsedMs = Math.max(this.#elapsedMs, sleeper.wakeAtMs);
    sleeper.wake();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
