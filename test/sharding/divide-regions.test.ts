import { describe, expect, it } from 'vitest';
import { createRandom } from '../../fixtures/local-esi/random.ts';
import { regionsOfShard } from '../../src/sharding/divide-regions.ts';

const THE_FORGE = 10000002;
const DOMAIN = 10000043;
const NOTHING: ReadonlyMap<number, number> = new Map();

function divide(regionIds: readonly number[], planned = NOTHING, count = 3): number[][] {
  return Array.from({ length: count }, (_, index) =>
    regionsOfShard(regionIds, planned, { index, count }),
  );
}

function loadOf(regionIds: readonly number[], planned: ReadonlyMap<number, number>): number {
  return regionIds.reduce((sum, regionId) => sum + (planned.get(regionId) ?? 0) + 1, 0);
}

/** As many regions as ESI has, with a heavy tail of contracts. */
function randomPlan(seed: number) {
  const random = createRandom(seed);
  const regionIds = Array.from({ length: 114 }, (_, index) => 10000001 + index);
  const planned = new Map(
    regionIds.map((regionId) => [regionId, Math.floor(10 ** (random.next() * 3.5))]),
  );
  return { random, regionIds, planned };
}

describe('the division of regions', () => {
  it.each([1, 2, 3, 4, 5])('gives each region to exactly one shard (%d)', (seed) => {
    const { regionIds, planned } = randomPlan(seed);
    for (const count of [2, 3, 7, 100]) {
      const parts = divide(regionIds, planned, count);
      expect(parts.flat().toSorted((a, b) => a - b)).toEqual(regionIds);
    }
  });

  it.each([1, 2, 3, 4, 5])('is the same in whatever order the regions come (%d)', (seed) => {
    const { random, regionIds, planned } = randomPlan(seed);
    const shuffled = divide(random.shuffle(regionIds), planned);
    const ordered = shuffled.map((part) => part.toSorted((a, b) => a - b));

    expect(ordered).toEqual(divide(regionIds, planned));
  });

  it.each([1, 2, 3, 4, 5])('is even, as far as single regions allow (%d)', (seed) => {
    const { regionIds, planned } = randomPlan(seed);
    const loads = divide(regionIds, planned).map((part) => loadOf(part, planned));
    const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;

    expect(Math.max(...loads)).toBeLessThan(mean * 1.1 + Math.max(...planned.values()) / 3);
  });

  it('leaves the largest region alone when it is worth more than a part', () => {
    const regionIds = [10000001, THE_FORGE, 10000003, DOMAIN, 10000005];

    const [first, second, third] = divide(regionIds);

    expect(first).toEqual([THE_FORGE]);
    expect(second).toEqual([DOMAIN]);
    expect(third).toEqual([10000001, 10000003, 10000005]);
  });

  it('does not expect of a region what the plan knows better', () => {
    const planned = new Map([
      [THE_FORGE, 10],
      [DOMAIN, 10],
      [10000001, 500],
    ]);

    expect(divide([THE_FORGE, DOMAIN, 10000001], planned, 2)).toEqual([
      [10000001],
      [THE_FORGE, DOMAIN],
    ]);
  });

  it('shares out regions without contracts too, since each costs a request', () => {
    const regionIds = Array.from({ length: 30 }, (_, index) => 11000001 + index);
    const planned = new Map(regionIds.map((regionId) => [regionId, 0]));

    expect(divide(regionIds, planned).map((part) => part.length)).toEqual([10, 10, 10]);
  });

  it.each([1, 2, 3, 4, 5])('moves no planned region when a new one turns up (%d)', (seed) => {
    const { regionIds, planned } = randomPlan(seed);
    const before = divide(regionIds, planned);
    const after = divide([19000001, ...regionIds, 9999], planned);
    const planOnly = after.map((part) => part.filter((regionId) => planned.has(regionId)));

    expect(planOnly).toEqual(before);
    expect(after.flat()).toHaveLength(regionIds.length + 2);
  });
});
