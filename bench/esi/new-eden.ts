import { createRandom } from '../../fixtures/local-esi/random.ts';
import {
  type EsiContract,
  generateUniverse,
  type Universe,
} from '../../fixtures/local-esi/universe.ts';
import type { EsiOptions } from './protocol.ts';

/** As many as ESI lists: 70 known regions, 33 of wormholes, 11 others. */
const REGIONS = 114;
const FIRST_REGION = 10_000_001;
const MORE_GROUPS = 1000;
const FIRST_TYPE = 100_000;
const FIRST_GROUP = 10_000;
const MODULE_CATEGORY = 7;
const LISTED_AT_MOST = 35_000;

/** All of New Eden: every region, one of them with 70 % of the contracts. */
export function generateNewEden(options: EsiOptions, now: Date): Universe {
  const { contracts, types, spread } = options;
  const regionIds = Array.from({ length: REGIONS }, (_, index) => FIRST_REGION + index);
  const universe = generateUniverse({ seed: 1, now, regionIds, contracts });
  addTypes(universe, types);
  spreadTypes(universe, types);
  if (spread) spreadContracts(universe);
  return universe;
}

function addTypes({ types, groups, categories }: Universe, count: number): void {
  for (let index = 0; index < MORE_GROUPS; index += 1) {
    const groupId = FIRST_GROUP + index;
    const name = `Group ${groupId}`;
    groups.set(groupId, {
      group_id: groupId,
      name,
      published: true,
      category_id: MODULE_CATEGORY,
      types: [],
    });
    categories.get(MODULE_CATEGORY)?.groups.push(groupId);
  }
  for (let index = 0; index < count; index += 1) {
    const typeId = FIRST_TYPE + index;
    const groupId = FIRST_GROUP + (index % MORE_GROUPS);
    groups.get(groupId)?.types.push(typeId);
    types.set(typeId, {
      type_id: typeId,
      name: `Type ${typeId}`,
      description: 'A type of the benchmark, with a description of a usual length. '.repeat(4),
      published: true,
      group_id: groupId,
      volume: 5,
    });
  }
}

/** Half of what is not a ship becomes one of the added types. */
function spreadTypes({ items, types, groups }: Universe, count: number): void {
  const random = createRandom(7);
  for (const rows of items.values()) {
    for (const row of rows) {
      const group = groups.get(types.get(row.type_id)?.group_id ?? 0);
      if (group?.category_id === 6 || row.is_blueprint_copy || !random.chance(0.5)) continue;
      row.type_id = FIRST_TYPE + random.int(0, count - 1);
    }
  }
}

/** No region keeps more than ESI would list; the rest goes round the regions that have room. */
function spreadContracts({ contracts }: Universe): void {
  const regions = [...contracts.values()];
  const rest = regions.flatMap((rows) => rows.splice(LISTED_AT_MOST));
  const withRoom = regions.filter((rows) => rows.length < LISTED_AT_MOST);
  for (const [index, contract] of rest.entries()) withRoom[index % withRoom.length]?.push(contract);
  for (const rows of withRoom) rows.sort(byId);
}

function byId(a: EsiContract, b: EsiContract): number {
  return a.contract_id - b.contract_id;
}
