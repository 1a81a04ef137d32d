import { wholeNumber } from '../../whole-number.ts';
import {
  type Answer,
  bounded,
  type Cause,
  ERROR_WINDOW_MS,
  errorResetMs,
  pauseAfter,
  pauseCause,
} from './pauses.ts';

/** 100 errors in a fixed window of 60 s, by IP address (CCP, "error limiting imminent", 2017). */
const ERROR_LIMIT = 100;
/** At or below this many errors left, requests go one at a time: others may share the address. */
const CAUTIOUS_ERRORS_LEFT = 20;
/** At or below this many errors left, nothing is sent until the window ends. */
const RESERVED_ERRORS = 5;
const OVERTAKING_SLACK_MS = 5000;
/** Tokens that an answer costs at most: 2xx 2, 3xx 1, 4xx 5 (CCP, rate limiting, Oct 2025). */
const MAX_TOKENS_PER_REQUEST = 5;
const TOKENS_PER_SUCCESS = 2;
/** Below this share of its tokens a bucket is only used as fast as tokens come back. */
const LOW_BUCKET_SHARE = 0.2;
interface Bucket {
  readonly maxTokens: number;
  readonly windowMs: number;
  remaining: number;
  nextAtMs: number;
}

/** A request that is held back: until when it is not worth asking again, and why. */
export interface Held extends Cause {
  readonly waitMs: number;
}

/** `admitted`, `busy` (wait for an answer) or held back. */
export type Admission = 'admitted' | 'busy' | Held;

/**
 * The state of ESI's limits as its answers tell it: error limit, pauses and token buckets. Times
 * are milliseconds of a clock that never jumps. It reckons with the worst: that every request in flight fails.
 */
export class EsiLimits {
  #errorsLeft = ERROR_LIMIT;
  /** Until an answer came, the run before this one may have left next to nothing. */
  #hasHeard = false;
  #errorWindowEndMs = 0;
  #pausedUntilMs = 0;
  #pauseCause: Cause = { reason: 'pause' };
  readonly #buckets = new Map<string, Bucket>();
  readonly #groupOfRoute = new Map<string, string>();

  /** Decides whether one more request may go now. */
  admit(route: string, inFlight: number, nowMs: number): Admission {
    const pauseMs = this.#pausedUntilMs - nowMs;
    if (pauseMs > 0) return { ...this.#pauseCause, waitMs: pauseMs };
    return this.#admitByErrors(inFlight, nowMs) ?? this.#admitByBucket(route, inFlight, nowMs);
  }

  /** Errors left in the window of now. */
  errorsLeft(nowMs: number): number {
    return nowMs >= this.#errorWindowEndMs ? ERROR_LIMIT : this.#errorsLeft;
  }

  /** Takes note of an answer. */
  observe(answer: Answer, nowMs: number): void {
    this.#hasHeard = true;
    this.#observeErrors(answer, nowMs);
    this.#observeBucket(answer, nowMs);
    const pauseMs = pauseAfter(answer);
    if (nowMs + pauseMs <= this.#pausedUntilMs || pauseMs === 0) return;
    this.#pausedUntilMs = nowMs + pauseMs;
    this.#pauseCause = pauseCause(answer);
  }

  #admitByErrors(inFlight: number, nowMs: number): Admission | undefined {
    if (nowMs >= this.#errorWindowEndMs) this.#errorsLeft = ERROR_LIMIT;
    if (this.#errorsLeft <= RESERVED_ERRORS) {
      return { reason: 'errorBudget', waitMs: this.#errorWindowEndMs - nowMs };
    }
    const spare = this.#errorsLeft - CAUTIOUS_ERRORS_LEFT;
    const allowed = this.#hasHeard ? Math.max(1, spare) : 1;
    return inFlight < allowed ? undefined : 'busy';
  }

  #admitByBucket(route: string, inFlight: number, nowMs: number): Admission {
    const bucket = this.#buckets.get(this.#groupOfRoute.get(route) ?? '');
    if (bucket === undefined) return 'admitted';
    if (nowMs < bucket.nextAtMs) return { reason: 'tokens', waitMs: bucket.nextAtMs - nowMs };
    const spare = bucket.remaining - inFlight * MAX_TOKENS_PER_REQUEST;
    if (spare >= bucket.maxTokens * LOW_BUCKET_SHARE) return 'admitted';
    if (inFlight > 0) return 'busy';
    bucket.nextAtMs = nowMs + msUntilTokens(TOKENS_PER_SUCCESS, bucket);
    return 'admitted';
  }

  #observeErrors({ status, headers }: Answer, nowMs: number): void {
    const left = errorsLeft(headers);
    if (left === undefined) {
      this.#countError(isError(status), nowMs);
      return;
    }
    const endMs = nowMs + errorWindowMs(headers);
    // Answers overtake each other: only a window that ends clearly later is another window.
    const endsLater = endMs > this.#errorWindowEndMs + OVERTAKING_SLACK_MS;
    const isNewWindow = nowMs >= this.#errorWindowEndMs || (endsLater && tellsWindowEnd(headers));
    // One that tells of more errors left than are known was sent before: it knows no better end.
    const isLatest = left <= Math.max(this.#errorsLeft, RESERVED_ERRORS);
    if (isNewWindow) this.#errorWindowEndMs = endMs;
    else if (isLatest) this.#errorWindowEndMs = Math.max(this.#errorWindowEndMs, endMs);
    this.#errorsLeft = isNewWindow ? left : Math.min(this.#errorsLeft, left);
  }

  #countError(isOneMore: boolean, nowMs: number): void {
    if (nowMs >= this.#errorWindowEndMs) {
      this.#errorsLeft = ERROR_LIMIT;
      this.#errorWindowEndMs = nowMs + ERROR_WINDOW_MS;
    }
    if (isOneMore) this.#errorsLeft -= 1;
  }

  #observeBucket({ route, headers }: Answer, nowMs: number): void {
    const group = headers['x-ratelimit-group'];
    const limit = parseBucketLimit(headers['x-ratelimit-limit']);
    const remaining = wholeNumber(headers['x-ratelimit-remaining']);
    if (group === undefined || limit === undefined || remaining === undefined) return;
    this.#groupOfRoute.set(route, group);
    const isEmpty = remaining < MAX_TOKENS_PER_REQUEST;
    const refillMs = isEmpty ? msUntilTokens(MAX_TOKENS_PER_REQUEST, limit) : 0;
    const nextAtMs = Math.max(this.#buckets.get(group)?.nextAtMs ?? 0, nowMs + refillMs);
    this.#buckets.set(group, { ...limit, remaining, nextAtMs });
  }
}

/** Whether a status costs error budget; 0 stands for no answer at all. */
export function isError(status: number): boolean {
  return status === 0 || status >= 400;
}

/** Undefined when the header does not tell. Less than nothing is nothing. */
function errorsLeft(headers: Answer['headers']): number | undefined {
  const text = headers['x-esi-error-limit-remain'];
  return text !== undefined && /^\s*-\d/.test(text) ? 0 : wholeNumber(text);
}

function errorWindowMs(headers: Answer['headers']): number {
  return Math.min(errorResetMs(headers) ?? ERROR_WINDOW_MS, ERROR_WINDOW_MS);
}

/** Whether the header tells the end of a window; one that is longer is none of ESI's. */
function tellsWindowEnd(headers: Answer['headers']): boolean {
  const resetMs = errorResetMs(headers);
  return resetMs !== undefined && resetMs <= ERROR_WINDOW_MS + 1000;
}

/** How long it takes, on average, until so many tokens have come back. */
function msUntilTokens(tokens: number, limit: Pick<Bucket, 'maxTokens' | 'windowMs'>): number {
  return bounded((limit.windowMs * tokens) / limit.maxTokens);
}

/** "150/15m" → 150 tokens in 900,000 ms; undefined for anything else. */
export function parseBucketLimit(text: string | undefined) {
  const match = /^(\d{1,9})\/(\d{1,9})([smh])$/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[match[3] as 's' | 'm' | 'h'];
  const limit = { maxTokens: Number(match[1]), windowMs: Number(match[2]) * unitMs };
  return limit.maxTokens > 0 && limit.windowMs > 0 ? limit : undefined;
}
