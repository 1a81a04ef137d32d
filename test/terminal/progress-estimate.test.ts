import { describe, expect, it } from 'vitest';
import {
  ratePerSecond,
  type Sample,
  timeLeftMs,
  withSample,
} from '../../src/terminal/progress-estimate.ts';

function samplesOf(...points: readonly (readonly [atMs: number, done: number])[]) {
  return points.reduce<readonly Sample[]>(
    (samples, [atMs, done]) => withSample(samples, { atMs, done }),
    [],
  );
}

describe('the rate', () => {
  it.each([
    { of: 'nothing seen', samples: samplesOf(), rate: undefined },
    { of: 'one sample', samples: samplesOf([0, 5]), rate: undefined },
    { of: 'less than a second', samples: samplesOf([0, 0], [999, 50]), rate: undefined },
    { of: 'a second', samples: samplesOf([0, 0], [1000, 50]), rate: 50 },
    { of: 'a pause', samples: samplesOf([0, 40], [4000, 40]), rate: 0 },
    { of: 'uneven seconds', samples: samplesOf([0, 0], [1000, 50], [2000, 60]), rate: 30 },
    { of: 'the last 8 s only', samples: samplesOf([0, 0], [1000, 800], [9000, 880]), rate: 10 },
    { of: 'a lull longer than 8 s', samples: samplesOf([0, 0], [8001, 10]), rate: undefined },
  ])('of $of is $rate', ({ samples, rate }) => {
    expect(ratePerSecond(samples)).toBe(rate);
  });

  it('is made of few samples, however long the pass takes', () => {
    const points = Array.from({ length: 1000 }, (_, index) => [index * 200, index] as const);

    expect(samplesOf(...points)).toHaveLength(41);
  });
});

describe('the time left', () => {
  const amounts = { done: 40, expected: 100, isAllKnown: true };

  it.each([
    { when: 'all is known', amounts, rate: 20, leftMs: 3000 },
    { when: 'all is done', amounts: { ...amounts, done: 100 }, rate: 20, leftMs: 0 },
    { when: 'more may come', amounts: { ...amounts, isAllKnown: false }, rate: 20 },
    { when: 'nothing goes on', amounts, rate: 0 },
    { when: 'there is no rate yet', amounts, rate: undefined },
  ])('when $when is $leftMs', ({ amounts: given, rate, leftMs }) => {
    expect(timeLeftMs(given, rate)).toBe(leftMs);
  });
});
