import { addContract } from '../../fixtures/local-esi/contract-maker.ts';
import { createRandom } from '../../fixtures/local-esi/random.ts';
import type { EsiFault } from './esi-faults.ts';
import { contractsOf, takeAway } from './run-universe.ts';
import { startWorld, type World } from './run-world.ts';

/** One after the other, they would make ESI count as down: 60 attempts without one good answer. */
const REFUSED_AT_ONCE = 14;
const PAGE_ROWS = 4;
const CONTRACTS_OF_REGION = 6;
const FIRST_REGION = 10_000_101;

/** What is to go wrong, and where. */
export interface Case {
  readonly fault: EsiFault;
  readonly target: string;
  readonly isRefused: boolean;
}

/** Cases that can be had in one run without hiding each other. */
export function batchesOf<T extends Case>(cases: readonly T[]): T[][] {
  const refused = cases.filter(({ isRefused }) => isRefused);
  const harmless = cases.filter(({ isRefused }) => !isRefused);
  const count = Math.ceil(refused.length / REFUSED_AT_ONCE);
  return Array.from({ length: count }, (_, batch) =>
    [...refused, ...harmless].filter((_case, index) => index % count === batch),
  );
}

/** As many regions as are wanted, each with contracts on two pages, the second with room. */
export async function startWorldOfRegions(count: number): Promise<World> {
  const regionIds = Array.from({ length: count }, (_, index) => FIRST_REGION + index);
  const world = await startWorld({ regionIds, contracts: 0, esi: { pageSize: PAGE_ROWS } });
  for (const regionId of regionIds) {
    for (let index = 0; index < CONTRACTS_OF_REGION; index += 1) addNew(world, regionId);
  }
  world.esi.roll();
  return world;
}

/** In the next listing one contract has gone, one is new, and no row is as it was. */
export function changeEveryRow(world: World): void {
  world.forward(31);
  for (const regionId of world.universe.regions.keys()) {
    const [, second] = contractsOf(world.universe, regionId);
    takeAway(world.universe, regionId, (each) => each === second);
    for (const each of contractsOf(world.universe, regionId)) each.title = `${each.title ?? ''}!`;
    addNew(world, regionId);
  }
  world.esi.roll();
}

/** Issues a contract that the next listing shows. */
export function addNew(world: World, regionId: number): void {
  const { universe } = world;
  const now = world.now();
  addContract(universe, createRandom(universe.lastIds.contract), { regionId, issued: now, now });
}
