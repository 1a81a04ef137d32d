/**
 * A second, and by how much a request may be later on its way than the one before: the limit is
 * to hold where requests arrive, not only where they start.
 */
const WINDOW_MS = 1020;

/**
 * Spaces requests evenly: at most `perSecond` of them start in any second. A request that started
 * late does not delay the ones after it, unless the second would hold too many.
 */
export class RatePacer {
  readonly #intervalMs: number;
  readonly #recentStartsMs: number[];
  #nextAtMs = 0;
  #count = 0;

  /** @param perSecond requests a second; 0 means no limit */
  constructor(perSecond: number) {
    this.#intervalMs = perSecond === 0 ? 0 : WINDOW_MS / perSecond;
    this.#recentStartsMs = new Array<number>(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** Milliseconds until the next request may start; 0 when it may start now. */
  waitMs(nowMs: number): number {
    if (this.#intervalMs === 0) return 0;
    const oldestMs = this.#recentStartsMs[this.#count % this.#recentStartsMs.length] ?? 0;
    return Math.max(0, this.#nextAtMs - nowMs, oldestMs + WINDOW_MS - nowMs);
  }

  /** Takes note that a request starts now. */
  started(nowMs: number): void {
    if (this.#intervalMs === 0) return;
    // A schedule that fell behind by a lull starts anew: a lull earns no burst.
    const behindMs = nowMs - this.#nextAtMs;
    this.#nextAtMs = (behindMs > this.#intervalMs ? nowMs : this.#nextAtMs) + this.#intervalMs;
    this.#recentStartsMs[this.#count % this.#recentStartsMs.length] = nowMs;
    this.#count += 1;
  }
}
