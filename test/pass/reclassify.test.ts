import { describe, expect, it } from 'vitest';
import { changedTypes } from '../../src/pass/reclassify.ts';

function stored(typeId: number, isShip: boolean) {
  return { typeId, groupId: 25, categoryId: 6, isShip };
}

describe('the types by which contracts have to be classified again', () => {
  it('are those that became a ship, or ceased to be one', () => {
    const types = [stored(1, true), stored(2, true), stored(3, false), stored(4, false)];
    const ships = new Set([1, 3]);

    expect(changedTypes(types, (typeId) => ships.has(typeId))).toEqual([
      { typeId: 2, isShip: false },
      { typeId: 3, isShip: true },
    ]);
  });

  it('are none when nothing changed', () => {
    expect(changedTypes([stored(1, true)], () => true)).toEqual([]);
    expect(changedTypes([], () => true)).toEqual([]);
  });
});
