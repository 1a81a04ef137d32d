import type { Clock } from '../../clock.ts';
import { EsiDownError } from '../../errors.ts';
import { EsiLimits, type Held } from './limits.ts';
import type { Answer } from './pauses.ts';
import { RatePacer } from './rate-pacer.ts';
import type { Wait } from './wait.ts';

export interface GovernorOptions {
  /** Requests in flight at most. */
  readonly concurrency: number;
  /** Requests a second at most; 0 means no limit. */
  readonly maxRequestsPerSecond: number;
  readonly clock: Clock;
}

interface Waiter {
  readonly route: string;
  readonly signal: AbortSignal;
  readonly admit: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Attempts in a row without one usable answer, after which ESI counts as down for this pass. */
const FAILURES_UNTIL_DOWN = 60;

/**
 * Every attempt of every request passes here. It keeps the limits of concurrency, rate, ESI's
 * error limit, pauses and token buckets, first come first served, and stops asking an ESI that
 * only fails (the daily downtime).
 */
export class Governor {
  readonly #clock: Clock;
  readonly #concurrency: number;
  readonly #limits = new EsiLimits();
  readonly #pacer: RatePacer;
  readonly #heard = new WeakSet<AbortSignal>();
  #waiting: Waiter[] = [];
  #inFlight = 0;
  #failuresInARow = 0;
  #cancelAlarm = () => {};
  #held: Wait | undefined;
  #heldSinceMs: number | undefined;
  #heldMs = 0;

  constructor(options: GovernorOptions) {
    this.#clock = options.clock;
    this.#concurrency = options.concurrency;
    this.#pacer = new RatePacer(options.maxRequestsPerSecond);
  }

  /** Milliseconds for which ESI's limits held requests back so far. */
  get waitedMs(): number {
    const running = this.#heldSinceMs === undefined ? 0 : this.#nowMs() - this.#heldSinceMs;
    return Math.round(this.#heldMs + running);
  }

  /** What the next request waits for; undefined where it only waits for an answer, or there is none. */
  get wait(): Wait | undefined {
    return this.#waiting.length === 0 ? undefined : this.#held;
  }

  /** Errors that ESI allows still before it refuses everything, as far as it has told. */
  get errorsLeft(): number {
    return this.#limits.errorsLeft(this.#nowMs());
  }

  /** Whether no request is under way. */
  get isIdle(): boolean {
    return this.#inFlight === 0;
  }

  /**
   * Waits for a place; the caller must call `leave` afterwards.
   *
   * @param route family of the path, by which ESI groups its token buckets
   * @throws EsiDownError when ESI has only failed for a while; the signal's reason when aborted
   */
  async enter(route: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#listenTo(signal);
    await new Promise<void>((admit, reject) => {
      this.#waiting.push({ route, signal, admit, reject });
      this.#pump();
    });
    if (signal.aborted || this.#isDown()) {
      this.#inFlight -= 1;
      this.#pump();
      signal.throwIfAborted();
      throw new EsiDownError(`ESI failed ${this.#failuresInARow} times in a row`);
    }
  }

  /** Gives the place back and takes note of the answer; `undefined` when none was waited for. */
  leave(answer: Answer | undefined): void {
    this.#inFlight -= 1;
    if (answer !== undefined) {
      this.#limits.observe(answer, this.#nowMs());
      const failed = answer.isUseless === true || answer.status === 0 || answer.status >= 500;
      this.#failuresInARow = failed ? this.#failuresInARow + 1 : 0;
    }
    this.#pump();
  }

  /** Once for each signal: a listener for each request would cost more than its place. */
  #listenTo(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    signal.addEventListener('abort', () => this.#dismiss(signal), { once: true });
  }

  #dismiss(signal: AbortSignal): void {
    const dismissed = this.#waiting.filter((waiter) => waiter.signal === signal);
    this.#waiting = this.#waiting.filter((waiter) => waiter.signal !== signal);
    for (const { reject } of dismissed) reject(signal.reason);
    // An alarm that nobody waits for would keep the process alive until a pause has passed.
    this.#pump();
  }

  #pump(): void {
    this.#cancelAlarm();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const waitMs = this.#waitMs(next.route);
      if (waitMs === undefined) return;
      if (waitMs > 0) {
        this.#cancelAlarm = this.#clock.schedule(Math.ceil(waitMs), () => this.#pump());
        return;
      }
      this.#waiting.shift();
      this.#inFlight += 1;
      this.#pacer.started(this.#nowMs());
      next.admit();
    }
  }

  /** 0 = go; a number = try again then; undefined = when an answer comes. */
  #waitMs(route: string): number | undefined {
    if (this.#isDown()) return 0;
    if (this.#inFlight >= this.#concurrency) return undefined;
    const nowMs = this.#nowMs();
    const admission = this.#limits.admit(route, this.#inFlight, nowMs);
    this.#countHeldTime(admission !== 'admitted', nowMs);
    this.#held = undefined;
    if (admission === 'busy') return undefined;
    return admission === 'admitted' ? this.#pacer.waitMs(nowMs) : this.#hold(admission, nowMs);
  }

  #hold({ reason, status, waitMs }: Held, nowMs: number): number {
    this.#held = { reason, status, untilMs: nowMs + waitMs };
    return waitMs;
  }

  #countHeldTime(isHeld: boolean, nowMs: number): void {
    if (isHeld) {
      this.#heldSinceMs ??= nowMs;
    } else if (this.#heldSinceMs !== undefined) {
      this.#heldMs += nowMs - this.#heldSinceMs;
      this.#heldSinceMs = undefined;
    }
  }

  #isDown(): boolean {
    return this.#failuresInARow >= FAILURES_UNTIL_DOWN;
  }

  #nowMs(): number {
    return this.#clock.monotonicMs();
  }
}
