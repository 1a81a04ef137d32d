import type { Shard } from './shard.ts';

/** A region that has never been listed: most are one page, and half of those nearly empty. */
const USUAL_CONTRACTS = 150;
/** Of the regions that are far from usual, before the first listing tells (June 2020, July 2026). */
const EXPECTED_CONTRACTS: ReadonlyMap<number, number> = new Map([
  [10000002, 35_000],
  [10000043, 4000],
]);

interface Work {
  readonly regionId: number;
  readonly isPlanned: boolean;
  /** Contracts, and one for the listing itself. */
  readonly weight: number;
}

/**
 * The regions of one shard. Every shard comes to the same division, in whatever order the regions
 * come: the largest first, each to the shard with the least work so far. Regions that are not in
 * the plan come last, so that one that ESI adds in the middle of a pass moves no other.
 *
 * @param planned contracts that each region counts for, as the plan has them
 * @returns ids in the order in which they came
 */
export function regionsOfShard(
  regionIds: readonly number[],
  planned: ReadonlyMap<number, number>,
  { index, count }: Shard,
): number[] {
  const loads = new Array<number>(count).fill(0);
  const own = new Set<number>();
  for (const { regionId, weight } of regionIds.map(toWork).toSorted(byWork)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + weight;
    if (least === index) own.add(regionId);
  }
  return regionIds.filter((regionId) => own.has(regionId));

  function toWork(regionId: number): Work {
    const contracts = planned.get(regionId);
    const expected = contracts ?? EXPECTED_CONTRACTS.get(regionId) ?? USUAL_CONTRACTS;
    return { regionId, isPlanned: contracts !== undefined, weight: expected + 1 };
  }
}

function byWork(one: Work, other: Work): number {
  if (one.isPlanned !== other.isPlanned) return one.isPlanned ? -1 : 1;
  return other.weight - one.weight || one.regionId - other.regionId;
}
