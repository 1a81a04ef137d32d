import { describe, expect, it } from 'vitest';
import { RatePacer } from '../../../src/esi/limits/rate-pacer.ts';

/** A random number generator that gives the same numbers in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Starts requests as soon as the pacer lets them, by timers that are late. */
function simulate(perSecond: number, requests: number, lateMs: () => number): number[] {
  const pacer = new RatePacer(perSecond);
  const starts: number[] = [];
  let nowMs = 0;
  while (starts.length < requests) {
    const waitMs = pacer.waitMs(nowMs);
    if (waitMs > 0) {
      nowMs += Math.ceil(waitMs) + lateMs();
    } else {
      pacer.started(nowMs);
      starts.push(nowMs);
    }
  }
  return starts;
}

/** The most starts in any second, its end excluded. */
function mostInASecond(starts: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [index, start] of starts.entries()) {
    while (start - (starts[first] ?? start) >= 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function durationOf(starts: readonly number[]): number {
  return (starts.at(-1) ?? 0) - (starts[0] ?? 0);
}

describe('a rate pacer', () => {
  it.each([
    { perSecond: 1, seed: 1 },
    { perSecond: 3, seed: 2 },
    { perSecond: 20, seed: 3 },
    { perSecond: 50, seed: 4 },
    { perSecond: 150, seed: 5 },
  ])('starts never more than $perSecond in any second, however late timers are', (one) => {
    const random = seeded(one.seed);
    const lateMs = () => (random() < 0.02 ? random() * 3000 : random() * 40);

    const starts = simulate(one.perSecond, 5000, lateMs);

    expect(mostInASecond(starts)).toBeLessThanOrEqual(one.perSecond);
  });

  it('holds its limit also where requests arrive, up to 20 ms later than they start', () => {
    const random = seeded(7);

    const arrivals = simulate(50, 5000, () => 0).map((start) => start + random() * 19.9);

    expect(mostInASecond(arrivals.toSorted((one, other) => one - other))).toBeLessThanOrEqual(50);
  });

  it('keeps its rate although every timer is a little late', () => {
    const random = seeded(6);

    const starts = simulate(50, 5001, () => random() * 15);

    expect(durationOf(starts)).toBeGreaterThanOrEqual(102_000 - 20);
    expect(durationOf(starts)).toBeLessThan(105_000);
  });

  it('spaces requests evenly', () => {
    expect(simulate(4, 5, () => 0)).toEqual([0, 255, 510, 765, 1020]);
  });

  it('gives no burst for a lull', () => {
    const pacer = new RatePacer(10);
    pacer.started(0);
    pacer.started(60_000);

    expect(pacer.waitMs(60_000)).toBe(102);
    expect(pacer.waitMs(60_040)).toBe(62);
    expect(pacer.waitMs(60_102)).toBe(0);
  });

  it('lets one that started late not delay the next', () => {
    const pacer = new RatePacer(10);
    pacer.started(0);
    pacer.started(180);

    expect(pacer.waitMs(180)).toBe(24);
  });

  it('never holds a request back with a limit of 0', () => {
    const pacer = new RatePacer(0);
    for (let count = 0; count < 1000; count += 1) {
      expect(pacer.waitMs(0)).toBe(0);
      pacer.started(0);
    }
  });
});
