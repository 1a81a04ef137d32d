import type { BudgetNews } from '../sharding/shared-budget.ts';
import { parseHttpDate } from './http-date.ts';

/** 100 errors in a fixed window of 60 s, by IP address (CCP, "error limiting imminent", 2017). */
const ERROR_LIMIT = 100;
const ERROR_WINDOW_MS = 60_000;
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
/** Some 429 come without any header, from a limiter of 20 requests in 10 s (CCP's docs). */
const DEFAULT_PAUSE_429_MS = 10_000;
/** ConStopSpamming without remainingTime: the longest seen was 64 s. */
const DEFAULT_PAUSE_520_MS = 60_000;
/** No header makes the program wait longer than this at a time. */
const MAX_PAUSE_MS = 15 * 60_000;

/** What the limits need to know of an answer; status 0 stands for no answer at all. */
export interface Answer {
  readonly route: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
  /** The client could not use it, whatever its status. */
  readonly isUseless?: boolean;
}

interface Bucket {
  readonly maxTokens: number;
  readonly windowMs: number;
  remaining: number;
  nextAtMs: number;
}

/** `admitted`, `busy` (wait for an answer) or the milliseconds until it is worth asking again. */
export type Admission = 'admitted' | 'busy' | { readonly waitMs: number };

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
  readonly #buckets = new Map<string, Bucket>();
  readonly #groupOfRoute = new Map<string, string>();
  readonly #sharers: number;
  readonly #reservedErrors: number;

  /** @param sharers processes that share the error limit, each with requests in flight of its own */
  constructor(sharers = 1) {
    this.#sharers = sharers;
    // Each of the sharers has a request in flight until the last of them hears of the others' errors.
    this.#reservedErrors = Math.min(Math.max(RESERVED_ERRORS, sharers), ERROR_LIMIT / 2);
  }

  /** Decides whether one more request may go now. */
  admit(route: string, inFlight: number, nowMs: number): Admission {
    if (this.isPaused(nowMs)) return { waitMs: this.#pausedUntilMs - nowMs };
    return this.#admitByErrors(inFlight, nowMs) ?? this.#admitByBucket(route, inFlight, nowMs);
  }

  /** Whether an answer forbids all requests now. */
  isPaused(nowMs: number): boolean {
    return nowMs < this.#pausedUntilMs;
  }

  /** Takes note of an answer. */
  observe(answer: Answer, nowMs: number): void {
    this.#hasHeard = true;
    this.#observeErrors(answer, nowMs);
    this.#observeBucket(answer, nowMs);
    const pauseMs = pauseAfter(answer);
    if (pauseMs > 0) this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
  }

  /** Takes note of what other processes under the same limits know. */
  observeOthers({ pauseMs, errors, windowMs }: BudgetNews, nowMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, nowMs + pauseMs);
    if (errors === 0) return;
    const left = nowMs < this.#errorWindowEndMs ? this.#errorsLeft : ERROR_LIMIT;
    this.#errorsLeft = Math.min(left, ERROR_LIMIT - errors);
    this.#errorWindowEndMs = Math.max(this.#errorWindowEndMs, nowMs + windowMs);
  }

  #admitByErrors(inFlight: number, nowMs: number): Admission | undefined {
    if (nowMs >= this.#errorWindowEndMs) this.#errorsLeft = ERROR_LIMIT;
    if (this.#errorsLeft <= this.#reservedErrors) return { waitMs: this.#errorWindowEndMs - nowMs };
    const spare = Math.floor((this.#errorsLeft - CAUTIOUS_ERRORS_LEFT) / this.#sharers);
    const allowed = this.#hasHeard ? Math.max(1, spare) : 1;
    return inFlight < allowed ? undefined : 'busy';
  }

  #admitByBucket(route: string, inFlight: number, nowMs: number): Admission {
    const bucket = this.#buckets.get(this.#groupOfRoute.get(route) ?? '');
    if (bucket === undefined) return 'admitted';
    if (nowMs < bucket.nextAtMs) return { waitMs: bucket.nextAtMs - nowMs };
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
    const isNewWindow =
      nowMs >= this.#errorWindowEndMs || (endsLater && errorResetSeconds(headers) !== undefined);
    // One that tells of more errors left than are known was sent before: it knows no better end.
    const isLatest = left <= Math.max(this.#errorsLeft, this.#reservedErrors);
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

/** What an error says of the error limit; undefined for an answer that is none. */
export function errorsAfter({ status, headers }: Answer) {
  if (!isError(status)) return undefined;
  const left = errorsLeft(headers);
  if (left === undefined) return { errors: 1 };
  return { countedErrors: Math.max(0, ERROR_LIMIT - left), windowMs: errorWindowMs(headers) };
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

/** The header is in whole seconds, so the window may last up to one second more. */
function errorWindowMs(headers: Answer['headers']): number {
  return Math.min((errorResetSeconds(headers) ?? 60) + 1, 60) * 1000;
}

/** Undefined when the header does not tell the end of a window of 60 s. */
function errorResetSeconds(headers: Answer['headers']): number | undefined {
  const seconds = wholeNumber(headers['x-esi-error-limit-reset']);
  return seconds !== undefined && seconds <= 60 ? seconds : undefined;
}

/** How long it takes, on average, until so many tokens have come back. */
function msUntilTokens(tokens: number, limit: Pick<Bucket, 'maxTokens' | 'windowMs'>): number {
  return bounded((limit.windowMs * tokens) / limit.maxTokens);
}

/** Milliseconds for which an answer forbids all requests; 0 when it does not. */
export function pauseAfter(answer: Answer): number {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], headers['date']);
  if (isErrorLimited(answer)) {
    const resetSeconds = wholeNumber(headers['x-esi-error-limit-reset']);
    return bounded(resetSeconds === undefined ? ERROR_WINDOW_MS : resetSeconds * 1000 + 1000);
  }
  if (status === 429) return bounded(retryAfterMs ?? DEFAULT_PAUSE_429_MS);
  if (status === 520) return bounded(spammingPauseMs(answer.body) ?? retryAfterMs ?? 0);
  return status >= 500 ? bounded(retryAfterMs ?? 0) : 0;
}

/** Seconds, or an HTTP date measured by the server's own `Date` → milliseconds from now. */
export function parseRetryAfter(text: string | undefined, date: string | undefined) {
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return bounded(seconds * 1000);
  const atMs = parseHttpDate(text);
  const nowMs = parseHttpDate(date);
  return atMs === undefined || nowMs === undefined ? undefined : bounded(atMs - nowMs);
}

/** "150/15m" → 150 tokens in 900,000 ms; undefined for anything else. */
export function parseBucketLimit(text: string | undefined) {
  const match = /^(\d{1,9})\/(\d{1,9})([smh])$/.exec(text?.trim() ?? '');
  if (match === null) return undefined;
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[match[3] as 's' | 'm' | 'h'];
  const limit = { maxTokens: Number(match[1]), windowMs: Number(match[2]) * unitMs };
  return limit.maxTokens > 0 && limit.windowMs > 0 ? limit : undefined;
}

function isErrorLimited({ status, body }: Answer): boolean {
  if (status === 420) return true;
  // The text of a 420 has been seen under other statuses too (EVE Ref).
  return status >= 400 && textOf(body).includes('exceeded the error limit');
}

/** The game server's own limiter: `remainingTime` is in microseconds. */
function spammingPauseMs(body: unknown): number | undefined {
  const text = textOf(body);
  const match = /remainingTime\D{1,6}(\d+)/.exec(text);
  if (match !== null) return Number(match[1]) / 1000;
  return text.includes('ConStopSpamming') ? DEFAULT_PAUSE_520_MS : undefined;
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}

function bounded(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_PAUSE_MS);
}
