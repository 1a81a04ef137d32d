import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { EsiLimits } from '../../src/esi/limits/limits.ts';
import type { Answer } from '../../src/esi/limits/pauses.ts';
import { RatePacer } from '../../src/esi/limits/rate-pacer.ts';
import { answer, errorLimit, ROUTE } from '../esi/limits/limit-answers.ts';
import { law } from '../support/laws.ts';

const MAX_WAIT_MS = 15 * 60_000;
/** What an answer leaves behind is over after this: the longest pause, then a window of errors. */
const ALL_OVER_MS = MAX_WAIT_MS + 60_000;

const statuses = fc.oneof(
  fc.constantFrom(0, 200, 204, 304, 400, 403, 404, 420, 429, 500, 502, 503, 504, 520),
  fc.integer({ min: 0, max: 999 }),
);

/** Numbers as a header may carry them, sane or not. */
const numberTexts = fc.oneof(
  fc.nat(120).map(String),
  fc.nat({ max: 2 ** 31 - 1 }).map(String),
  fc.bigInt().map(String),
  fc.constantFrom('', ' ', '-1', '1e9', '1.5', 'NaN', 'Infinity', '0x10', '9'.repeat(400), '٣'),
  fc.string(),
);

const bucketLimits = fc.oneof(
  fc
    .tuple(numberTexts, numberTexts, fc.constantFrom('s', 'm', 'h', 'd', ''))
    .map(([tokens, window, unit]) => `${tokens}/${window}${unit}`),
  fc.constantFrom('150/15m', '1/999999999h', `${'9'.repeat(400)}/${'9'.repeat(400)}h`),
);

const headers = fc.record(
  {
    'retry-after': fc.oneof(
      numberTexts,
      fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
    ),
    date: fc.oneof(
      fc.string(),
      fc.date({ noInvalidDate: true }).map((d) => d.toUTCString()),
    ),
    'x-esi-error-limit-remain': numberTexts,
    'x-esi-error-limit-reset': numberTexts,
    'x-ratelimit-group': fc.constantFrom('a', 'b', '', '__proto__'),
    'x-ratelimit-limit': bucketLimits,
    'x-ratelimit-remaining': numberTexts,
  },
  { requiredKeys: [] },
);

const bodies = fc.oneof(
  fc.constantFrom(undefined, null, 'ConStopSpamming', 'exceeded the error limit'),
  numberTexts.map((time) => `ConStopSpamming {"remainingTime": ${time}}`),
  fc.string(),
  fc.jsonValue(),
);

const routes = fc.constantFrom(ROUTE, 'universe/types', '__proto__');
const answers: fc.Arbitrary<Answer> = fc.record({
  route: routes,
  status: statuses,
  headers,
  body: bodies,
});

/** Answers, and how long after the one before each comes. */
const histories = fc.array(fc.tuple(fc.double({ min: 0, max: 90_000, noNaN: true }), answers), {
  maxLength: 30,
});

/** What ESI said up to now. */
function limitsAfter(history: readonly (readonly [number, Answer])[]) {
  const limits = new EsiLimits();
  let nowMs = 0;
  for (const [laterMs, one] of history) {
    nowMs += laterMs;
    limits.observe(one, nowMs);
  }
  return { limits, nowMs };
}

/** How long someone alone waits who does as he is told. */
function waitAlone(limits: EsiLimits, route: string, startMs: number): number {
  let nowMs = startMs;
  for (let asked = 0; asked < 100; asked += 1) {
    const admission = limits.admit(route, 0, nowMs);
    if (admission === 'admitted') return nowMs - startMs;
    if (admission === 'busy') throw new Error('there is nobody to wait for');
    expect(admission.waitMs).toBeGreaterThan(0);
    expect(Math.floor(admission.waitMs)).toBeLessThanOrEqual(MAX_WAIT_MS);
    nowMs += admission.waitMs;
  }
  return Number.POSITIVE_INFINITY;
}

describe('the limits', () => {
  law(
    'let a request go in bounded time, whatever ESI answered before',
    fc.property(histories, routes, (history, route) => {
      const { limits, nowMs } = limitsAfter(history);

      expect(waitAlone(limits, route, nowMs)).toBeLessThanOrEqual(ALL_OVER_MS + MAX_WAIT_MS);
    }),
  );

  law(
    'let a request go as soon as it has waited as long as it was told, when no answer comes between',
    fc.property(histories, routes, (history, route) => {
      const { limits, nowMs } = limitsAfter(history);

      expect(waitAlone(limits, route, nowMs + ALL_OVER_MS + MAX_WAIT_MS)).toBe(0);
    }),
  );

  law(
    'admit nothing while an answer forbids all requests',
    fc.property(
      histories,
      fc.nat(899),
      fc.constantFrom(429, 503),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (history, seconds, status, part) => {
        const { limits, nowMs } = limitsAfter(history);
        limits.observe(answer({ status, headers: { 'retry-after': `${seconds}` } }), nowMs);
        const duringMs = nowMs + seconds * 1000 * part;

        for (const route of [ROUTE, 'other']) {
          if (seconds > 0) expect(limits.admit(route, 0, duringMs)).not.toBe('admitted');
        }
      },
    ),
  );

  law(
    'admit nothing until the window ends once the errors in reserve are all that is left',
    fc.property(histories, fc.nat(5), fc.integer({ min: 1, max: 59 }), (history, left, reset) => {
      const { limits, nowMs } = limitsAfter(history);
      limits.observe(errorLimit(left, reset), nowMs);

      expect(limits.admit(ROUTE, 0, nowMs)).not.toBe('admitted');
      expect(limits.admit(ROUTE, 0, nowMs + reset * 1000 - 1)).not.toBe('admitted');
    }),
  );

  law(
    'never have more requests in flight than there are errors left, should all of them fail',
    fc.property(fc.nat(100), fc.integer({ min: 1, max: 60 }), fc.nat(200), (left, reset, most) => {
      const limits = new EsiLimits();
      limits.observe(errorLimit(left, reset), 0);
      let inFlight = 0;
      while (inFlight < most && limits.admit(ROUTE, inFlight, 0) === 'admitted') inFlight += 1;

      expect(inFlight).toBeLessThanOrEqual(left);
    }),
  );
});

/** When requests start that come late as said, in parts of the time between two. */
function startsOf(perSecond: number, lateness: readonly number[]): number[] {
  const pacer = new RatePacer(perSecond);
  const starts: number[] = [];
  let nowMs = 0;
  for (const late of lateness) {
    nowMs += (late * 1000) / perSecond;
    for (let waitMs = pacer.waitMs(nowMs); waitMs > 0; waitMs = pacer.waitMs(nowMs)) {
      expect(waitMs).toBeLessThanOrEqual(1100);
      nowMs += waitMs;
    }
    pacer.started(nowMs);
    starts.push(nowMs);
  }
  return starts;
}

law(
  'the pacer lets never more start in a second than it may, and holds nobody back for longer than that takes',
  fc.property(
    fc.integer({ min: 1, max: 60 }),
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constant(0) },
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
      ),
      { maxLength: 300, size: 'max' },
    ),
    (perSecond, lateness) => {
      const starts = startsOf(perSecond, lateness);

      for (const [index, start] of starts.entries()) {
        const [after = Number.POSITIVE_INFINITY] = starts.slice(index + perSecond);
        expect(after - start).toBeGreaterThanOrEqual(1000);
      }
    },
  ),
);
