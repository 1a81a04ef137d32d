import type { Clock } from '../../clock.ts';
import type { BudgetNews, Reservation, SharedBudget } from '../../sharding/shared-budget.ts';
import { errorsAfter } from './limits.ts';
import { type Answer, pauseAfter } from './pauses.ts';

/** A start that is later than this would come too close to the starts after it. */
const MAX_LATE_MS = 30;
/** A machine, or a Redis, that is always late must not wait for ever. */
const MAX_MISSED_IN_A_ROW = 3;
/** The starts of the others take turns with ours: less is no wait worth telling of. */
const SLOW_MS = 1000;
/** While the others cannot be asked, and at most until news of them are asked for again. */
const ASK_AGAIN_MS = 200;
const MAX_WAIT_MS = 1000;

interface Start {
  /** Not before: the latest moment that the answer can have meant. */
  readonly fromMs: number;
  /** Planned: the earliest moment that the answer can have meant. */
  readonly plannedMs: number;
}

/**
 * Lets a request through when the budget of all shards has a start for it. One start at a time is
 * asked for, for whoever is the next in the queue.
 */
export class SharedGate {
  readonly #budget: SharedBudget;
  readonly #clock: Clock;
  readonly #onNews: (news: BudgetNews) => void;
  readonly #onChange: () => void;
  #isAsking = false;
  #start: Start | undefined;
  #askAgainAtMs = 0;
  #missed = 0;
  #closedSinceMs: number | undefined;

  /** @param onChange called when it is worth asking `waitMs` again */
  constructor(
    budget: SharedBudget,
    clock: Clock,
    onNews: (news: BudgetNews) => void,
    onChange: () => void,
  ) {
    this.#budget = budget;
    this.#clock = clock;
    this.#onNews = onNews;
    this.#onChange = onChange;
  }

  /** 0 = go; a number = try again then; undefined = when `onChange` is called. */
  waitMs(nowMs: number): number | undefined {
    const waitMs = this.#waitMs(nowMs);
    if (waitMs !== 0) this.#closedSinceMs ??= nowMs;
    return waitMs;
  }

  /** Whether the others have kept a request waiting for long. */
  isSlow(nowMs: number): boolean {
    return this.#closedSinceMs !== undefined && nowMs - this.#closedSinceMs >= SLOW_MS;
  }

  #waitMs(nowMs: number): number | undefined {
    if (this.#isAsking) return undefined;
    this.#dropMissedStart(nowMs);
    if (this.#start !== undefined) return Math.max(0, this.#start.fromMs - nowMs);
    if (nowMs < this.#askAgainAtMs) return this.#askAgainAtMs - nowMs;
    void this.#ask(nowMs);
    return undefined;
  }

  /** The start was used. */
  started(): void {
    this.#start = undefined;
    this.#missed = 0;
    this.#closedSinceMs = undefined;
  }

  /** Tells the other shards what an answer means for them. */
  observe(answer: Answer): void {
    const pauseMs = pauseAfter(answer);
    const errors = errorsAfter(answer);
    if (pauseMs === 0 && errors === undefined) return;
    void this.#budget.report({
      ...{ errors: 0, countedErrors: 0, windowMs: 0 },
      ...errors,
      pauseMs,
    });
  }

  #dropMissedStart(nowMs: number): void {
    if (this.#start === undefined || nowMs - this.#start.plannedMs <= MAX_LATE_MS) return;
    if (this.#missed >= MAX_MISSED_IN_A_ROW) return;
    this.#missed += 1;
    this.#start = undefined;
  }

  async #ask(askedAtMs: number): Promise<void> {
    this.#isAsking = true;
    try {
      this.#take(await this.#budget.reserve(), askedAtMs);
    } catch {
      this.#askAgainAtMs = this.#clock.monotonicMs() + ASK_AGAIN_MS;
    }
    this.#isAsking = false;
    this.#onChange();
  }

  #take(reservation: Reservation, askedAtMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    const { startMs, askAgainMs } = reservation;
    if (startMs === undefined) this.#askAgainAtMs = nowMs + Math.min(askAgainMs, MAX_WAIT_MS);
    else this.#start = { fromMs: nowMs + startMs, plannedMs: askedAtMs + startMs };
    this.#onNews(reservation);
  }
}
