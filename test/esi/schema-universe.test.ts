import { describe, expect, it } from 'vitest';
import { category, group, idArray, itemType, names, region } from '../../src/esi/schema.ts';

const TYPE = { type_id: 587, name: 'Rifter', group_id: 25, published: true };

describe('an item type', () => {
  it('is read with all its fields, and ignores unknown ones', () => {
    const wire = {
      ...TYPE,
      volume: 27_289,
      packaged_volume: 2500,
      market_group_id: 64,
      dogma_effects: [],
    };

    expect(itemType.parse(wire)).toEqual({
      typeId: 587,
      name: 'Rifter',
      groupId: 25,
      categoryId: null,
      published: true,
      volume: 27_289,
      packagedVolume: 2500,
      marketGroupId: 64,
    });
  });

  it('is read with the required fields alone', () => {
    const absent = { volume: null, packagedVolume: null, marketGroupId: null };

    expect(itemType.parse(TYPE)).toMatchObject(absent);
    const nulls = { volume: null, packaged_volume: null, market_group_id: null };
    expect(itemType.parse({ ...TYPE, ...nulls })).toMatchObject(absent);
  });

  it.each([
    { type_id: 0 },
    { type_id: 2 ** 31 },
    { type_id: '587' },
    { name: null },
    { name: { en: 'Rifter' } },
    { group_id: 1.5 },
    { group_id: 2 ** 31 },
    { published: 1 },
    { volume: 'big' },
    { packaged_volume: Number.NaN },
    { market_group_id: 2 ** 31 },
  ])('is broken with %j', (fault) => {
    expect(itemType.safeParse({ ...TYPE, ...fault }).success).toBe(false);
  });

  it.each(Object.keys(TYPE))('is broken without %s', (field) => {
    const { [field]: _removed, ...rest } = TYPE as Record<string, unknown>;

    expect(itemType.safeParse(rest).success).toBe(false);
  });
});

describe('the other static answers', () => {
  it('are a group with its category', () => {
    const wire = { group_id: 25, category_id: 6, published: true, name: 'Frigate', types: [587] };

    const facts = { groupId: 25, name: 'Frigate', categoryId: 6, published: true };
    expect(group.parse(wire)).toEqual(facts);
    expect(group.safeParse({ ...wire, category_id: null }).success).toBe(false);
    expect(group.safeParse({ ...wire, published: 'yes' }).success).toBe(false);
  });

  it('are a category with its groups', () => {
    const wire = { category_id: 6, groups: [25, 26], name: 'Ship', published: true };

    const facts = { categoryId: 6, name: 'Ship', published: true, groupIds: [25, 26] };
    expect(category.parse(wire)).toEqual(facts);
    expect(category.safeParse({ ...wire, groups: ['25'] }).success).toBe(false);
  });

  it('are a region with a storable name', () => {
    expect(region.parse({ region_id: 10_000_002, name: 'The\0 Forge' })).toEqual({
      regionId: 10_000_002,
      name: 'The Forge',
    });
    expect(region.safeParse({ region_id: 2 ** 31, name: 'x' }).success).toBe(false);
  });

  it('are lists of ids', () => {
    expect(idArray.parse([10_000_001, 10_000_002])).toEqual([10_000_001, 10_000_002]);
    expect(idArray.safeParse([10_000_001, null]).success).toBe(false);
    expect(idArray.safeParse({}).success).toBe(false);
  });

  it('are names by id', () => {
    const wire = [{ id: 10_000_002, name: 'The Forge', category: 'region' }];

    expect(names.parse(wire)).toEqual(wire);
    expect(names.safeParse([{ id: 10_000_002 }]).success).toBe(false);
  });
});
