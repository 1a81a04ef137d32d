import type { Clock } from '../../clock.ts';
import type { Wait, WaitReason } from './wait.ts';

/** Waits outside the governor, each with its reason, so that a person can be told. */
export class Waits {
  readonly #clock: Clock;
  readonly #running = new Set<Wait>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The one that ends first. */
  get next(): Wait | undefined {
    const [first] = [...this.#running].toSorted((one, other) => one.untilMs - other.untilMs);
    return first;
  }

  /** As the clock's own. */
  async sleep(reason: WaitReason, milliseconds: number, signal: AbortSignal): Promise<void> {
    const wait = { reason, untilMs: this.#clock.monotonicMs() + milliseconds };
    this.#running.add(wait);
    try {
      await this.#clock.sleep(milliseconds, signal);
    } finally {
      this.#running.delete(wait);
    }
  }
}
