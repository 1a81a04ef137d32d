import { setTimeout as delay } from 'node:timers/promises';

export const DAY_MS = 24 * 3600 * 1000;
/** Clocks of machines differ by less. A time further off comes from a clock that was wrong. */
export const CLOCK_SLACK_MS = 300_000;

/** A timer of more fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Time, as the program sees it; tests and simulations bring their own. */
export interface Clock {
  /** Wall time, for what is stored and for comparison with ESI's headers. */
  now(): Date;
  /** Milliseconds that never jump, for durations and deadlines. */
  monotonicMs(): number;
  /** Resolves after the time; rejects with the signal's reason when aborted before. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls back after the time, unless the returned function was called before. */
  schedule(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    try {
      const options = signal ? { signal } : {};
      let leftMs = milliseconds;
      for (; leftMs > MAX_TIMER_MS; leftMs -= MAX_TIMER_MS) {
        await delay(MAX_TIMER_MS, undefined, options);
      }
      await delay(leftMs, undefined, options);
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
  schedule: (milliseconds, callback) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const isLast = leftMs <= MAX_TIMER_MS;
      const next = isLast ? callback : () => wait(leftMs - MAX_TIMER_MS);
      timer = setTimeout(next, isLast ? leftMs : MAX_TIMER_MS);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
