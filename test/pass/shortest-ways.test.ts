import { describe, expect, it } from 'vitest';
import { WayFinder } from '../../src/pass/places/shortest-ways.ts';
import { readStaticData } from '../../src/static-data/static-data.ts';

const { systems, gates } = readStaticData();
const idOf = new Map(systems.map(([systemId, name]) => [name, systemId]));
const security = new Map(
  systems.map(([systemId, , , , securityStatus]) => [systemId, securityStatus]),
);
const newEden = new WayFinder({ security, gates });

function way(from: string, to: string) {
  const [found] = newEden.ways(idOf.get(from) ?? 0, [idOf.get(to) ?? 0]);
  return found;
}

describe('on the map of New Eden', () => {
  // FACTS §11.12: shortest, and by high security alone.
  it.each([
    ['Jita', 'Amarr', 11, 45],
    ['Jita', 'Dodixie', 12, 15],
    ['Jita', 'Rens', 15, 25],
    ['Jita', 'Hek', 9, 19],
    ['Amarr', 'Dodixie', 14, 34],
    ['Jita', 'Ahbazon', 4, null],
    ['Jita', 'Thera', null, null],
  ])('%s to %s takes %s jumps, %s by high security', (from, to, jumps, jumpsHighSec) => {
    expect(way(from, to)).toMatchObject({ jumps, jumpsHighSec });
    expect(way(to, from)).toMatchObject({ jumps, jumpsHighSec });
  });

  it('a system is no jump from itself', () => {
    const jita = security.get(idOf.get('Jita') ?? 0);
    expect(way('Jita', 'Jita')).toEqual({ jumps: 0, jumpsHighSec: 0, minSecurity: jita });
  });

  it('the lowest security is that of a system on the way', () => {
    expect(way('Jita', 'Amarr')?.minSecurity).toBeLessThan(0.45);
    expect(way('Jita', 'Thera')?.minSecurity).toBeNull();
    expect(way('Jita', 'Perimeter')?.minSecurity).toBe(security.get(idOf.get('Jita') ?? 0));
  });
});

describe('on a small map', () => {
  const both = (pairs: readonly (readonly [number, number])[]) =>
    pairs.flatMap(([one, other]): [number, number][] => [
      [one, other],
      [other, one],
    ]);

  it('of several shortest ways, the safest counts', () => {
    // 1 – 2 – 4 and 1 – 3 – 4; 5 lies aside.
    const finder = new WayFinder({
      security: new Map([
        [1, 1],
        [2, 0.2],
        [3, 0.4],
        [4, 0.9],
        [5, 0.9],
      ]),
      gates: both([
        [1, 2],
        [2, 4],
        [1, 3],
        [3, 4],
      ]),
    });
    expect(finder.ways(1, [4, 5, 2])).toEqual([
      { jumps: 2, jumpsHighSec: null, minSecurity: 0.4 },
      { jumps: null, jumpsHighSec: null, minSecurity: null },
      { jumps: 1, jumpsHighSec: null, minSecurity: 0.2 },
    ]);
  });

  it('0.45 is high security, and what lies just below is not', () => {
    const securityOf = (middle: number) =>
      new WayFinder({
        security: new Map([
          [1, 0.45],
          [2, middle],
          [3, 0.45],
        ]),
        gates: both([
          [1, 2],
          [2, 3],
        ]),
      });
    expect(securityOf(0.45).ways(1, [3])).toMatchObject([{ jumpsHighSec: 2 }]);
    expect(securityOf(0.4499).ways(1, [3])).toMatchObject([{ jumps: 2, jumpsHighSec: null }]);
    expect(securityOf(0.4499).ways(2, [2])).toMatchObject([{ jumps: 0, jumpsHighSec: null }]);
  });

  it('of a way through a system whose security is not known, nothing is known', () => {
    const finder = new WayFinder({
      security: new Map<number, number | null>([
        [1, 1],
        [3, 1],
      ]),
      gates: both([
        [1, 2],
        [2, 3],
      ]),
    });
    expect(finder.ways(1, [3])).toEqual([{ jumps: 2, jumpsHighSec: null, minSecurity: null }]);
  });
});
