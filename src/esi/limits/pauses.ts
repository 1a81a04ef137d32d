import { wholeNumber } from '../../whole-number.ts';
import { parseHttpDate } from '../http/http-date.ts';
import type { Wait } from './wait.ts';

/** The error limit counts in windows of so long. */
export const ERROR_WINDOW_MS = 60_000;
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

/** Why requests are held back. */
export type Cause = Pick<Wait, 'reason' | 'status'>;

/** Milliseconds for which an answer forbids all requests; 0 when it does not. */
export function pauseAfter(answer: Answer): number {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], headers['date']);
  if (isErrorLimited(answer)) {
    return bounded(errorResetMs(headers) ?? ERROR_WINDOW_MS);
  }
  if (status === 429) return bounded(retryAfterMs ?? DEFAULT_PAUSE_429_MS);
  if (status === 520) return bounded(spammingPauseMs(answer.body) ?? retryAfterMs ?? 0);
  return status >= 500 ? bounded(retryAfterMs ?? 0) : 0;
}

/**
 * Milliseconds until the window of the error limit ends; undefined when the header does not tell. It
 * is in whole seconds, so the window may last up to one second more.
 */
export function errorResetMs(headers: Answer['headers']): number | undefined {
  const seconds = wholeNumber(headers['x-esi-error-limit-reset']);
  return seconds === undefined ? undefined : (seconds + 1) * 1000;
}

/** Why an answer forbids all requests. */
export function pauseCause(answer: Answer): Cause {
  if (isErrorLimited(answer)) return { reason: 'errorBudget' };
  return { reason: 'pause', status: answer.status };
}

/** Seconds, or an HTTP date measured by the server's own `Date` → milliseconds from now. */
export function parseRetryAfter(text: string | undefined, date: string | undefined) {
  const seconds = wholeNumber(text?.trim());
  if (seconds !== undefined) return bounded(seconds * 1000);
  const atMs = parseHttpDate(text);
  const nowMs = parseHttpDate(date);
  return atMs === undefined || nowMs === undefined ? undefined : bounded(atMs - nowMs);
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

/** What the program waits at most. */
export function bounded(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_PAUSE_MS);
}
