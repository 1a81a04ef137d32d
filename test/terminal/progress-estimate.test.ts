import { describe, expect, it } from 'vitest';
import {
  ratePerSecond,
  requestsLeft,
  type Sample,
  type TypesPoint,
  timeLeftMs,
  typesInTheEnd,
  withPoint,
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
    { of: 'the last 30 s only', samples: samplesOf([0, 0], [1000, 800], [31_000, 1100]), rate: 10 },
    { of: 'a lull longer than 30 s', samples: samplesOf([0, 0], [30_001, 10]), rate: undefined },
  ])('of $of is $rate', ({ samples, rate }) => {
    expect(ratePerSecond(samples)).toBe(rate);
  });

  it('is made of few samples, however long the pass takes', () => {
    const points = Array.from({ length: 1000 }, (_, index) => [index * 200, index] as const);

    expect(samplesOf(...points)).toHaveLength(151);
  });
});

describe('the time left', () => {
  it.each([
    { when: 'there is a rate', left: 60, rate: 20, leftMs: 3000 },
    { when: 'all is done', left: 0, rate: 20, leftMs: 0 },
    { when: 'nothing goes on', left: 60, rate: 0, leftMs: undefined },
    { when: 'there is no rate yet', left: 60, rate: undefined, leftMs: undefined },
  ])('when $when is $leftMs', ({ left, rate, leftMs }) => {
    expect(timeLeftMs(left, rate)).toBe(leftMs);
  });
});

describe('the requests left', () => {
  const amounts = {
    contractsDone: 100,
    contractsExpected: 400,
    contractsAsked: 80,
    typesDone: 30,
    typesMet: 40,
  };

  it('are those of the contracts that need one, and of the types that were met', () => {
    expect(requestsLeft(amounts, [])).toBe(300 * 0.8 + 10);
    const begun = { ...amounts, contractsDone: 0, contractsAsked: 0, typesDone: 0, typesMet: 0 };
    expect(requestsLeft(begun, [])).toBe(400);
  });

  it('are more as long as contracts bring new types, ever fewer', () => {
    const points = [10, 20, 40, 80].reduce<readonly TypesPoint[]>(
      (known, contracts) => withPoint(known, { contracts, types: 10 * Math.sqrt(contracts) }),
      [],
    );
    const types = typesInTheEnd(points, { contractsAsked: 80, typesMet: 10 * Math.sqrt(80) }, 320);

    expect(types).toBeCloseTo(10 * Math.sqrt(320), 5);
  });
});
