import { describe, expect, it } from 'vitest';
import { EsiDownError, EsiError } from '../../../src/errors.ts';
import type { EsiClient } from '../../../src/esi/client.ts';
import { CategoryIndex } from '../../../src/pass/types/category-index.ts';

type Categories = Pick<EsiClient, 'categoryIds' | 'category' | 'group'>;

const CATEGORY_IDS = [4, 6, 7];

/** Groups 1 to 999, each of category 4, 6 or 7, with a record of what was asked. */
class Esi {
  readonly groupsAsked: number[] = [];
  readonly categoriesAsked: number[] = [];
  listsAsked = 0;
  readonly client: EsiClient;

  constructor(overrides: Partial<Categories> = {}) {
    const answers: Categories = {
      categoryIds: async () => CATEGORY_IDS,
      category: async (categoryId) => ({
        categoryId,
        name: null,
        published: true,
        groupIds: range(1, 999).filter((groupId) => categoryOf(groupId) === categoryId),
      }),
      group: async (groupId) => ({
        groupId,
        name: null,
        categoryId: categoryOf(groupId),
        published: true,
      }),
      ...overrides,
    };
    const recording: Categories = {
      categoryIds: () => {
        this.listsAsked += 1;
        return answers.categoryIds();
      },
      category: (categoryId) => {
        this.categoriesAsked.push(categoryId);
        return answers.category(categoryId);
      },
      group: (groupId) => {
        this.groupsAsked.push(groupId);
        return answers.group(groupId);
      },
    };
    this.client = recording as EsiClient;
  }
}

function categoryOf(groupId: number): number {
  return CATEGORY_IDS[groupId % 3] ?? 0;
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function categoriesOf(index: CategoryIndex, groupIds: readonly number[]) {
  return groupIds.map((groupId) => index.categoryOf(groupId));
}

describe('the category of a group', () => {
  it('is asked for group by group while that is cheap', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    const groupIds = range(1, 24);
    await index.load(groupIds);

    expect(categoriesOf(index, groupIds)).toEqual(groupIds.map(categoryOf));
    expect(esi.groupsAsked).toEqual(groupIds);
    expect(esi.listsAsked).toBe(0);
  });

  it('is asked for by the categories when there are more groups than these', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    const groupIds = range(1, 25);
    await index.load(groupIds);

    expect(categoriesOf(index, groupIds)).toEqual(groupIds.map(categoryOf));
    expect(esi.groupsAsked).toEqual([]);
    expect(esi.categoriesAsked).toEqual(CATEGORY_IDS);
  });

  it('is asked for by the categories when many small questions add up, and only once', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    for (const groupId of range(1, 200)) await index.load([groupId]);

    expect(categoriesOf(index, range(1, 200))).toEqual(range(1, 200).map(categoryOf));
    expect(esi.groupsAsked).toEqual(range(1, 24));
    expect(esi.listsAsked).toBe(1);
  });

  it('is asked for by the categories once although several ask at a time', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    await Promise.all([index.load(range(1, 60)), index.load(range(61, 60))]);

    expect(esi.listsAsked).toBe(1);
    expect(categoriesOf(index, range(1, 120))).toEqual(range(1, 120).map(categoryOf));
  });

  it('is asked for alone where no category tells of the group', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    await index.load([...range(1, 25), 5001]);

    expect(esi.groupsAsked).toEqual([5001]);
    expect(index.categoryOf(5001)).toBe(categoryOf(5001));
  });

  it('is not asked for when it is known, and each group is asked for once', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, [[25, 6]]);
    await index.load([25, 26, 26]);
    await index.load([25, 26]);

    expect(esi.groupsAsked).toEqual([26]);
    expect(index.categoryOf(25)).toBe(6);
  });

  it('is asked for once although several meet the group at a time, who all wait for it', async () => {
    const esi = new Esi();
    const index = new CategoryIndex(esi.client, []);
    await Promise.all([index.load([25, 26]), index.load([26, 27])]);

    expect(esi.groupsAsked).toEqual([25, 26, 27]);
    expect(categoriesOf(index, [25, 26, 27])).toEqual([25, 26, 27].map(categoryOf));
  });
});

describe('a group that ESI does not tell of', () => {
  it.each([new EsiError('no answer'), new EsiDownError('down')])(
    'has no category after an $name, and costs the others nothing',
    async (error) => {
      const esi = new Esi({
        group: async (groupId) => {
          if (groupId === 26) throw error;
          return { groupId, name: null, categoryId: 6, published: true };
        },
      });
      const index = new CategoryIndex(esi.client, []);
      await index.load([25, 26, 27]);

      expect(categoriesOf(index, [25, 26, 27])).toEqual([6, null, 6]);
    },
  );

  it('has no category when nobody asked for it', () => {
    expect(new CategoryIndex(new Esi().client, []).categoryOf(25)).toBeNull();
  });

  it('is asked for alone when the categories fail', async () => {
    const esi = new Esi({ categoryIds: () => Promise.reject(new EsiError('no answer')) });
    const index = new CategoryIndex(esi.client, []);
    await index.load(range(1, 25));

    expect(esi.groupsAsked).toHaveLength(25);
    expect(index.categoryOf(25)).toBe(categoryOf(25));
  });

  it('is one of a category that fails', async () => {
    const groupIds = CATEGORY_IDS.map((_, index) => index + 1);
    const esi = new Esi({
      category: async (categoryId) => {
        if (categoryId === 6) throw new EsiError('no answer');
        return {
          categoryId,
          name: null,
          published: true,
          groupIds: range(1, 999).filter((id) => categoryOf(id) === categoryId),
        };
      },
    });
    const index = new CategoryIndex(esi.client, []);
    await index.load(range(1, 60));

    expect(categoriesOf(index, groupIds)).toEqual(groupIds.map(categoryOf));
    expect(esi.groupsAsked.every((groupId) => categoryOf(groupId) === 6)).toBe(true);
  });

  it('is given up where ESI has no such routes: it is not worth the error budget', async () => {
    const esi = new Esi({
      group: () => Promise.reject(new EsiError('no answer')),
      categoryIds: () => Promise.reject(new EsiError('no answer')),
    });
    const index = new CategoryIndex(esi.client, []);
    await index.load(range(1, 40));
    await index.load(range(41, 400));

    expect(esi.groupsAsked.length + esi.listsAsked).toBeLessThanOrEqual(10);
    expect(index.categoryOf(1)).toBeNull();
  });

  it('hides no fault of the program', async () => {
    const esi = new Esi({ group: () => Promise.reject(new TypeError('fault')) });

    await expect(new CategoryIndex(esi.client, []).load([25])).rejects.toThrow(TypeError);
  });
});
