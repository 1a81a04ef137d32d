import fc from 'fast-check';
import type { ContractItem } from '../../src/model.ts';

const MAX_INTEGER = 2_147_483_647;

const ids = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  fc.constantFrom(2 ** 31, 2 ** 53 - 1),
);
const integers = fc.integer({ min: -MAX_INTEGER, max: MAX_INTEGER });

/** Item rows of a few types, each record once. */
export function itemsOf(typeIds: readonly number[]): fc.Arbitrary<ContractItem[]> {
  const item: fc.Arbitrary<ContractItem> = fc.record({
    recordId: ids,
    typeId: fc.constantFrom(...typeIds),
    quantity: ids,
    isIncluded: fc.boolean(),
    isBlueprintCopy: fc.boolean(),
    itemId: fc.option(ids),
    runs: fc.option(integers),
    materialEfficiency: fc.option(integers),
    timeEfficiency: fc.option(integers),
  });
  return fc.uniqueArray(item, { selector: ({ recordId }) => recordId, maxLength: 8 });
}
