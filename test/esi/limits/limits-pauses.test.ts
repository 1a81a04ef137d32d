import { describe, expect, it } from 'vitest';
import { EsiLimits } from '../../../src/esi/limits/limits.ts';
import { parseRetryAfter, pauseAfter } from '../../../src/esi/limits/pauses.ts';
import { answer, ROUTE } from './limit-answers.ts';

const MINUTE_MS = 60_000;
const MAX_PAUSE_MS = 15 * MINUTE_MS;
const DATE = 'Tue, 08 Sep 2026 12:00:00 GMT';
const ERROR_LIMIT_TEXT = 'This software has exceeded the error limit for ESI.';

describe('a pause after 420', () => {
  it.each([
    { reset: '17', pauseMs: 18_000 },
    { reset: '0', pauseMs: 1000 },
    { reset: undefined, pauseMs: MINUTE_MS },
    { reset: '-3', pauseMs: MINUTE_MS },
    { reset: 'soon', pauseMs: MINUTE_MS },
    { reset: '999999999', pauseMs: MAX_PAUSE_MS },
  ])('lasts $pauseMs ms with X-Esi-Error-Limit-Reset $reset', ({ reset, pauseMs }) => {
    const headers = { 'x-esi-error-limit-reset': reset };

    expect(pauseAfter(answer({ status: 420, headers }))).toBe(pauseMs);
  });

  it.each([400, 403, 404, 429, 500, 503, 520])(
    'is also made when status %d carries the text of a 420',
    (status) => {
      const headers = { 'x-esi-error-limit-reset': '9' };

      for (const body of [ERROR_LIMIT_TEXT, { error: ERROR_LIMIT_TEXT }]) {
        expect(pauseAfter(answer({ status, headers, body }))).toBe(10_000);
      }
    },
  );

  it('is not made for the same text in a good answer', () => {
    expect(pauseAfter(answer({ status: 200, body: [{ title: ERROR_LIMIT_TEXT }] }))).toBe(0);
  });
});

describe('a pause after 429', () => {
  it.each([
    { retryAfter: '30', pauseMs: 30_000 },
    { retryAfter: ' 30 ', pauseMs: 30_000 },
    { retryAfter: '0', pauseMs: 0 },
    { retryAfter: undefined, pauseMs: 10_000 },
    { retryAfter: '', pauseMs: 10_000 },
    { retryAfter: 'Infinity', pauseMs: 10_000 },
    { retryAfter: '1e400', pauseMs: 10_000 },
    { retryAfter: 'soon', pauseMs: 10_000 },
    { retryAfter: '86400', pauseMs: MAX_PAUSE_MS },
    { retryAfter: 'Tue, 08 Sep 2026 12:00:45 GMT', pauseMs: 45_000 },
    { retryAfter: 'Tue, 08 Sep 2026 11:00:00 GMT', pauseMs: 0 },
    { retryAfter: 'Tue, 08 Sep 2126 12:00:00 GMT', pauseMs: MAX_PAUSE_MS },
  ])('lasts $pauseMs ms with Retry-After $retryAfter', ({ retryAfter, pauseMs }) => {
    const headers = { 'retry-after': retryAfter, date: DATE };

    expect(pauseAfter(answer({ status: 429, headers }))).toBe(pauseMs);
  });

  it('lasts 10 s when a date cannot be measured by a date of the server', () => {
    const headers = { 'retry-after': 'Tue, 08 Sep 2026 12:00:45 GMT' };

    expect(pauseAfter(answer({ status: 429, headers }))).toBe(10_000);
  });
});

describe('a pause after 520', () => {
  it.each([
    {
      of: 'remainingTime in a JSON body',
      body: { error: 'ConStopSpamming', details: { remainingTime: 12_038_505 } },
      pauseMs: 12_038.505,
    },
    {
      of: 'remainingTime in a text',
      body: '{"error":"(\'ConStopSpamming\', {\'remainingTime\': 64226997L})"}',
      pauseMs: 64_226.997,
    },
    {
      of: 'an absurd remainingTime',
      body: { error: 'ConStopSpamming', remainingTime: 9e15 },
      pauseMs: MAX_PAUSE_MS,
    },
    { of: 'ConStopSpamming without a time', body: 'ConStopSpamming', pauseMs: MINUTE_MS },
    { of: 'another fault of the game server', body: { error: 'NotFound' }, pauseMs: 0 },
    { of: 'no body', body: undefined, pauseMs: 0 },
  ])('lasts $pauseMs ms for $of', ({ body, pauseMs }) => {
    expect(pauseAfter(answer({ status: 520, body }))).toBeCloseTo(pauseMs, 3);
  });

  it('follows Retry-After where the body tells no time', () => {
    expect(pauseAfter(answer({ status: 520, headers: { 'retry-after': '4' } }))).toBe(4000);
  });
});

describe('a pause after any other answer', () => {
  it.each([
    { status: 503, retryAfter: '7', pauseMs: 7000 },
    { status: 500, retryAfter: '7', pauseMs: 7000 },
    { status: 503, retryAfter: undefined, pauseMs: 0 },
    { status: 503, retryAfter: '999999999', pauseMs: MAX_PAUSE_MS },
    { status: 404, retryAfter: '7', pauseMs: 0 },
    { status: 200, retryAfter: '7', pauseMs: 0 },
    { status: 0, retryAfter: undefined, pauseMs: 0 },
  ])('lasts $pauseMs ms for $status with Retry-After $retryAfter', (one) => {
    const headers = { 'retry-after': one.retryAfter };

    expect(pauseAfter(answer({ status: one.status, headers }))).toBe(one.pauseMs);
  });
});

const BUSY = { reason: 'pause', status: 429 };

describe('the limits during a pause', () => {
  it('admit no request on any route until it is over', () => {
    const limits = new EsiLimits();
    limits.observe(answer({ status: 429, headers: { 'retry-after': '30' } }), 1000);

    expect(limits.admit('universe/types', 0, 1000)).toEqual({ ...BUSY, waitMs: 30_000 });
    expect(limits.admit(ROUTE, 0, 30_999)).toEqual({ ...BUSY, waitMs: 1 });
    expect(limits.admit(ROUTE, 0, 31_000)).toBe('admitted');
  });

  it('do not shorten it by a later answer that asks for less', () => {
    const limits = new EsiLimits();
    limits.observe(answer({ status: 429, headers: { 'retry-after': '30' } }), 0);
    limits.observe(answer({ status: 429, headers: { 'retry-after': '2' } }), 1000);

    expect(limits.admit(ROUTE, 0, 1000)).toEqual({ ...BUSY, waitMs: 29_000 });
  });
});

describe('the limits say why they hold requests back', () => {
  const after429 = { status: 429, headers: { 'retry-after': '30' } };

  it.each([
    { after: [after429], reason: { reason: 'pause', status: 429 } },
    {
      after: [{ status: 503, headers: { 'retry-after': '30' } }],
      reason: { reason: 'pause', status: 503 },
    },
    { after: [{ status: 420 }], reason: { reason: 'errorBudget' } },
    { after: [after429, { status: 420 }], reason: { reason: 'errorBudget' } },
    { after: [{ status: 420 }, after429], reason: { reason: 'errorBudget' } },
  ])('after $after.0.status: $reason', ({ after, reason }) => {
    const limits = new EsiLimits();
    for (const one of after) limits.observe(answer(one), 0);

    expect(limits.admit(ROUTE, 0, 1)).toEqual({ ...reason, waitMs: expect.any(Number) });
  });
});

describe('Retry-After', () => {
  it.each([
    { text: undefined, date: DATE, ms: undefined },
    { text: '12', date: undefined, ms: 12_000 },
    { text: 'Tue, 08 Sep 2026 12:00:12 GMT', date: DATE, ms: 12_000 },
    { text: 'Tue, 08 Sep 2026 12:00:12 GMT', date: undefined, ms: undefined },
    { text: 'whenever', date: DATE, ms: undefined },
  ])('of "$text" at the date $date is $ms ms', ({ text, date, ms }) => {
    expect(parseRetryAfter(text, date)).toBe(ms);
  });
});
