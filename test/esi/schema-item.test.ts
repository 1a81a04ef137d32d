import { describe, expect, it } from 'vitest';
import { contractItem } from '../../src/esi/schema.ts';
import { itemRow } from './http/wire.ts';

const OPTIONAL_FIELDS = {
  is_blueprint_copy: 'isBlueprintCopy',
  item_id: 'itemId',
  runs: 'runs',
  material_efficiency: 'materialEfficiency',
  time_efficiency: 'timeEfficiency',
} as const;

const FULL_ROW = itemRow(4_612_345_678, {
  type_id: 691,
  quantity: 3,
  is_blueprint_copy: true,
  item_id: 1_051_234_567_890,
  runs: 10,
  material_efficiency: 9,
  time_efficiency: 18,
});

function isReadable(field: string, value: unknown): boolean {
  return contractItem.safeParse({ ...FULL_ROW, [field]: value }).success;
}

describe('an item row', () => {
  it('is read with all its fields', () => {
    expect(contractItem.parse(FULL_ROW)).toEqual({
      recordId: 4_612_345_678,
      typeId: 691,
      quantity: 3,
      isIncluded: true,
      isBlueprintCopy: true,
      itemId: 1_051_234_567_890,
      runs: 10,
      materialEfficiency: 9,
      timeEfficiency: 18,
    });
  });

  it('is read with the required fields alone; what is absent is false or null', () => {
    expect(contractItem.parse(itemRow(1, { is_included: false }))).toEqual({
      recordId: 1,
      typeId: 587,
      quantity: 1,
      isIncluded: false,
      isBlueprintCopy: false,
      itemId: null,
      runs: null,
      materialEfficiency: null,
      timeEfficiency: null,
    });
  });

  it('keeps the -1 that the specification gives originals as their runs', () => {
    expect(contractItem.parse({ ...FULL_ROW, runs: -1 }).runs).toBe(-1);
  });

  it('ignores fields that it does not know', () => {
    expect(contractItem.parse(itemRow(1, { is_singleton: true }))).not.toHaveProperty(
      'is_singleton',
    );
  });

  it.each(Object.entries(OPTIONAL_FIELDS))('may have null as its %s', (field, name) => {
    const expected = name === 'isBlueprintCopy' ? false : null;

    expect(contractItem.parse({ ...FULL_ROW, [field]: null })[name]).toBe(expected);
  });

  it.each(['record_id', 'type_id', 'quantity', 'is_included'])('is broken without %s', (field) => {
    const { [field]: _removed, ...rest } = FULL_ROW as Record<string, unknown>;

    expect(contractItem.safeParse(rest).success).toBe(false);
    expect(isReadable(field, null)).toBe(false);
  });
});

describe('a broken value of an item row', () => {
  it.each(['record_id', 'type_id', 'quantity', 'item_id'])('is a %s that is no id', (field) => {
    const values = ['5', true, [], 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];

    expect(values.filter((value) => isReadable(field, value))).toEqual([]);
  });

  it.each(['record_id', 'quantity', 'item_id'])('is no %s above 2^31', (field) => {
    expect(isReadable(field, 2 ** 53 - 1)).toBe(true);
  });

  it.each(['type_id', 'runs', 'material_efficiency', 'time_efficiency'])(
    'is a %s that PostgreSQL cannot hold as an integer',
    (field) => {
      expect(isReadable(field, 2 ** 31)).toBe(false);
      expect(isReadable(field, 2 ** 31 - 1)).toBe(true);
    },
  );

  it.each(['runs', 'material_efficiency', 'time_efficiency'])('is a %s of no integer', (field) => {
    expect(['1', true, 1.5, Number.NaN, {}].filter((value) => isReadable(field, value))).toEqual(
      [],
    );
  });

  it.each(['is_included', 'is_blueprint_copy'])('is a %s that is no boolean', (field) => {
    expect(['true', 1, 0, ''].filter((value) => isReadable(field, value))).toEqual([]);
  });
});
