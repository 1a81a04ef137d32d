import { describe, expect, it } from 'vitest';
import { EsiLimits } from '../../../src/esi/limits/limits.ts';
import { answer, errorLimit, ROUTE } from './limit-answers.ts';

/** How many requests in flight the limits allow at most. */
function allowedInFlight(limits: EsiLimits, nowMs: number): number {
  let inFlight = 0;
  while (inFlight < 1000 && limits.admit(ROUTE, inFlight, nowMs) === 'admitted') inFlight += 1;
  return inFlight;
}

function limitsAfter(...answers: readonly ReturnType<typeof answer>[]): EsiLimits {
  const limits = new EsiLimits();
  for (const one of answers) limits.observe(one, 0);
  return limits;
}

describe('the error limit, as the headers tell it', () => {
  it.each([
    { remain: 100, allowed: 80 },
    { remain: 52, allowed: 32 },
    { remain: 22, allowed: 2 },
    { remain: 21, allowed: 1 },
    { remain: 20, allowed: 1 },
    { remain: 6, allowed: 1 },
    { remain: 5, allowed: 0 },
    { remain: 0, allowed: 0 },
    { remain: -1, allowed: 0 },
  ])('allows $allowed requests in flight when $remain errors are left', ({ remain, allowed }) => {
    expect(allowedInFlight(limitsAfter(errorLimit(remain, 30)), 0)).toBe(allowed);
  });

  it('tells a request beyond that to wait for an answer', () => {
    expect(limitsAfter(errorLimit(20, 30)).admit(ROUTE, 1, 0)).toBe('busy');
  });

  it('waits for the end of the window, a second of rounding included, at the reserve', () => {
    const limits = limitsAfter(errorLimit(5, 30, 404));

    expect(limits.admit(ROUTE, 0, 0)).toEqual({ reason: 'errorBudget', waitMs: 31_000 });
    expect(limits.admit(ROUTE, 0, 30_999)).toEqual({ reason: 'errorBudget', waitMs: 1 });
    expect(limits.admit(ROUTE, 0, 31_000)).toBe('admitted');
  });

  it('never waits longer than a window lasts', () => {
    expect(limitsAfter(errorLimit(0, 3600)).admit(ROUTE, 0, 0)).toEqual({
      reason: 'errorBudget',
      waitMs: 60_000,
    });
  });

  it('takes a window without a readable end for a whole one', () => {
    const headers = { 'x-esi-error-limit-remain': '3', 'x-esi-error-limit-reset': 'soon' };

    expect(limitsAfter(answer({ headers })).admit(ROUTE, 0, 0)).toEqual({
      reason: 'errorBudget',
      waitMs: 60_000,
    });
  });

  it('allows as much as before in a new window', () => {
    expect(allowedInFlight(limitsAfter(errorLimit(7, 10)), 11_000)).toBe(80);
  });
});

describe('answers of the error limit that overtake each other', () => {
  it('never raise the errors left within a window', () => {
    const limits = limitsAfter(errorLimit(40, 30), errorLimit(60, 30));

    expect(allowedInFlight(limits, 0)).toBe(20);
  });

  it('do not count as another window when they differ by seconds', () => {
    const limits = new EsiLimits();
    limits.observe(errorLimit(10, 20), 0);
    limits.observe(errorLimit(90, 20), 4000);

    expect(allowedInFlight(limits, 4000)).toBe(1);
    expect(allowedInFlight(limits, 21_000)).toBe(80);
  });

  it('move the end of the window when they know it better, and the reserve is all that is left', () => {
    const limits = new EsiLimits();
    limits.observe(answer({ status: 502 }), 0);
    limits.observe(errorLimit(4, 12), 50_000);

    expect(limits.admit(ROUTE, 0, 60_000)).toEqual({ reason: 'errorBudget', waitMs: 3000 });
    expect(allowedInFlight(limits, 63_000)).toBe(80);
  });

  it('count as another window when that ends clearly later', () => {
    const limits = new EsiLimits();
    limits.observe(errorLimit(3, 4), 0);
    limits.observe(errorLimit(99, 59), 4500);

    expect(allowedInFlight(limits, 4500)).toBe(79);
  });

  it.each(['999999999', '61', 'soon', '-1'])(
    'count as no other window when no window can end in "%s" seconds',
    (reset) => {
      const limits = limitsAfter(errorLimit(3, 20));
      const headers = { 'x-esi-error-limit-remain': '99', 'x-esi-error-limit-reset': reset };
      limits.observe(answer({ headers }), 0);

      expect(limits.admit(ROUTE, 0, 0)).toEqual({ reason: 'errorBudget', waitMs: 21_000 });
    },
  );

  it('bring no errors of a past window into the next', () => {
    const limits = new EsiLimits();
    limits.observe(errorLimit(3, 4), 0);
    limits.observe(errorLimit(90, 55), 5000);

    expect(allowedInFlight(limits, 5000)).toBe(70);
  });
});

describe('the error limit without headers', () => {
  it('is counted by the program itself', () => {
    const failures = Array.from({ length: 70 }, () => answer({ status: 502 }));

    expect(allowedInFlight(limitsAfter(...failures), 0)).toBe(10);
  });

  it('counts no answer at all and every status from 400 as an error, others not', () => {
    const errors = [0, 400, 403, 404, 500, 504].map((status) => answer({ status }));
    const others = [200, 204, 301, 304].map((status) => answer({ status }));

    expect(allowedInFlight(limitsAfter(...errors, ...others), 0)).toBe(74);
  });

  it('waits for the end of a window of its own, then begins anew', () => {
    const limits = limitsAfter(...Array.from({ length: 95 }, () => answer({ status: 500 })));

    expect(limits.admit(ROUTE, 0, 59_000)).toEqual({ reason: 'errorBudget', waitMs: 1000 });
    expect(allowedInFlight(limits, 60_000)).toBe(80);
  });

  it('forgets the errors of a window that is over', () => {
    const limits = limitsAfter(...Array.from({ length: 90 }, () => answer({ status: 500 })));
    limits.observe(answer({ status: 500 }), 60_000);

    expect(allowedInFlight(limits, 60_000)).toBe(79);
  });

  it('goes on from what the last header told', () => {
    const limits = limitsAfter(errorLimit(50, 30), answer({ status: 404 }));

    expect(allowedInFlight(limits, 0)).toBe(29);
  });

  it('allows one request before the first answer: the run before may have left nothing', () => {
    expect(allowedInFlight(new EsiLimits(), 0)).toBe(1);
  });

  it('allows many requests after it, but not more than errors may happen', () => {
    const limits = new EsiLimits();
    limits.observe(answer(), 0);

    expect(allowedInFlight(limits, 0)).toBe(80);
  });
});
