import { createRandom } from '../fixtures/local-esi/random.ts';
import { generateUniverse, type Universe } from '../fixtures/local-esi/universe.ts';

/** As many as ESI lists: 70 known regions, 33 of wormholes, 11 others. */
const REGIONS = 114;
const FIRST_REGION = 10_000_001;
/** Types that the contracts of one day hold, beside those of the catalogue. */
const MORE_TYPES = 7500;
const MORE_GROUPS = 1000;
const FIRST_TYPE = 100_000;
const FIRST_GROUP = 10_000;
const MODULE_CATEGORY = 7;

/** All of New Eden: every region, and about as many types as live contracts hold. */
export function generateNewEden(contracts: number, now: Date): Universe {
  const regionIds = Array.from({ length: REGIONS }, (_, index) => FIRST_REGION + index);
  const universe = generateUniverse({ seed: 1, now, regionIds, contracts });
  addTypes(universe);
  spreadTypes(universe);
  return universe;
}

function addTypes({ types, groups, categories }: Universe): void {
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
  for (let index = 0; index < MORE_TYPES; index += 1) {
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
function spreadTypes({ items, types, groups }: Universe): void {
  const random = createRandom(7);
  for (const rows of items.values()) {
    for (const row of rows) {
      const group = groups.get(types.get(row.type_id)?.group_id ?? 0);
      if (group?.category_id === 6 || row.is_blueprint_copy || !random.chance(0.5)) continue;
      row.type_id = FIRST_TYPE + random.int(0, MORE_TYPES - 1);
    }
  }
}
