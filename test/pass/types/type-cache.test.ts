import { describe, expect, it } from 'vitest';
import type { Transact } from '../../../src/database/database.ts';
import type { CachedType } from '../../../src/database/tables/types.ts';
import { DatabaseError, EsiDownError, EsiError } from '../../../src/errors.ts';
import type { EsiClient } from '../../../src/esi/client.ts';
import { CategoryIndex } from '../../../src/pass/types/category-index.ts';
import { TypeCache } from '../../../src/pass/types/type-cache.ts';
import { RunReport } from '../../../src/report/run-report.ts';
import { silentProgress } from '../../../src/terminal/progress.ts';
import { ManualClock, settle } from '../../esi/manual-clock.ts';

const RIFTER = 587;
const RAVEN = 638;
const TRITANIUM = 34;
const UNKNOWN = 99_999;
const FRIGATE = 25;
const BATTLESHIP = 27;
const MINERAL = 18;
const GROUPS: Readonly<Record<number, number>> = {
  [RIFTER]: FRIGATE,
  [RAVEN]: BATTLESHIP,
  [TRITANIUM]: MINERAL,
};

type Types = Pick<EsiClient, 'itemType' | 'group' | 'categoryIds' | 'category'>;

interface WorldOptions {
  readonly stored?: readonly CachedType[];
  readonly itemType?: Types['itemType'];
  readonly transact?: Transact;
}

function createWorld(options: WorldOptions = {}) {
  const { stored = [], itemType, transact } = options;
  const asked: number[] = [];
  /** What the cache knew of the Rifter at the time of each write. */
  const resolvedAtWrite: boolean[] = [];
  const answers: Types = {
    itemType: async (typeId) => {
      asked.push(typeId);
      if (itemType) return itemType(typeId);
      const groupId = GROUPS[typeId];
      return groupId === undefined ? undefined : typeOf(typeId, groupId);
    },
    group: async (groupId) => ({ groupId, name: null, categoryId: 6, published: true }),
    categoryIds: async () => [],
    category: async (categoryId) => ({ categoryId, name: null, published: true, groupIds: [] }),
  };
  const esi = answers as EsiClient;
  const report = new RunReport();
  const recording: Transact = async (work) => {
    resolvedAtWrite.push(cache.isResolved(RIFTER));
    return work({ query: async () => [], execute: async () => 0 });
  };
  const cache = new TypeCache(
    {
      esi,
      store: {
        read: { query: async () => [], execute: async () => 0 },
        write: transact ?? recording,
        runNumber: 1,
      },
      categories: new CategoryIndex(esi, []),
      clock: new ManualClock(new Date('2026-09-08T12:00:00Z')),
      report,
      progress: silentProgress,
      shipGroupIds: new Set([FRIGATE, BATTLESHIP]),
    },
    stored,
  );
  return { cache, report, asked, resolvedAtWrite };
}

function typeOf(typeId: number, groupId: number) {
  return {
    typeId,
    name: `Type ${typeId}`,
    groupId,
    categoryId: null,
    published: true,
    volume: null,
    packagedVolume: null,
    marketGroupId: null,
  };
}

describe('a stored type', () => {
  const stored = [
    { typeId: RIFTER, groupId: FRIGATE, categoryId: 6, isShip: true },
    { typeId: UNKNOWN, groupId: null, categoryId: null, isShip: false },
  ];

  it('is known without asking ESI, also when ESI did not know it', async () => {
    const { cache, asked } = createWorld({ stored });
    await cache.resolve([RIFTER, UNKNOWN]);

    expect(asked).toEqual([]);
    expect(cache.isResolved(RIFTER) && cache.isResolved(UNKNOWN)).toBe(true);
    expect(cache.isShip(RIFTER)).toBe(true);
    expect(cache.isShip(UNKNOWN)).toBe(false);
  });

  it('is a ship by its group, not by what it was taken for', () => {
    const old = { typeId: TRITANIUM, groupId: MINERAL, categoryId: 4, isShip: true };

    expect(createWorld({ stored: [old] }).cache.isShip(TRITANIUM)).toBe(false);
  });
});

describe('a type that is met for the first time', () => {
  it('is asked for once, stored, and only then known', async () => {
    const { cache, report, asked, resolvedAtWrite } = createWorld();
    await cache.resolve([RIFTER, TRITANIUM, RIFTER]);
    await cache.resolve([TRITANIUM, RIFTER]);

    expect(asked).toEqual([RIFTER, TRITANIUM]);
    expect(resolvedAtWrite).toEqual([false]);
    expect([cache.isShip(RIFTER), cache.isShip(TRITANIUM)]).toEqual([true, false]);
    expect(report.types).toEqual({ discovered: 2, refreshed: 0, failed: 0 });
  });

  it('is asked for once although several meet it at a time, who all wait for it', async () => {
    const { cache, asked } = createWorld();
    const first = cache.resolve([RIFTER]);
    const second = cache.resolve([RIFTER, RAVEN]).then(() => cache.isResolved(RIFTER));
    await first;

    expect(await second).toBe(true);
    expect(asked).toEqual([RIFTER, RAVEN]);
  });

  it('that ESI does not know is known to be no ship', async () => {
    const { cache, report } = createWorld();
    await cache.resolve([UNKNOWN]);

    expect(cache.isResolved(UNKNOWN)).toBe(true);
    expect(cache.isShip(UNKNOWN)).toBe(false);
    expect(report.types).toMatchObject({ discovered: 1, failed: 0 });
  });
});

describe('a type that cannot be had', () => {
  it.each([new EsiError('no answer'), new EsiDownError('down')])(
    'stays unresolved after an $name, is reported, and costs the others nothing',
    async (error) => {
      const itemType: Types['itemType'] = async (typeId) => {
        if (typeId === RAVEN) throw error;
        return typeOf(typeId, FRIGATE);
      };
      const { cache, report, asked } = createWorld({ itemType });
      await cache.resolve([RIFTER, RAVEN]);
      await cache.resolve([RAVEN]);

      expect([cache.isResolved(RIFTER), cache.isResolved(RAVEN)]).toEqual([true, false]);
      expect(asked).toEqual([RIFTER, RAVEN]);
      expect(report.types).toEqual({ discovered: 1, refreshed: 0, failed: 1 });
      expect(report.failures).toEqual([{ typeId: RAVEN, message: error.message }]);
    },
  );

  it('ends the work of all who wait when the database fails', async () => {
    const failure = new DatabaseError('gone');
    const { cache } = createWorld({ transact: () => Promise.reject(failure) });
    const results = await Promise.allSettled([cache.resolve([RIFTER]), cache.resolve([RIFTER])]);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(cache.isResolved(RIFTER)).toBe(false);
  });
});

describe('types that will have to be resolved', () => {
  const many = Array.from({ length: 100 }, (_, index) => 1000 + index);

  it('are begun with by the hundred, and asked for once', async () => {
    const { cache, asked } = createWorld();
    cache.expect(many.slice(1));
    cache.expect(many.slice(1));
    await cache.settled();
    expect(asked).toEqual([]);

    cache.expect(many);
    await cache.settled();
    expect(asked.toSorted()).toEqual(many);
    expect(many.every(cache.isResolved)).toBe(true);

    await cache.resolve(many);
    expect(asked).toHaveLength(100);
  });

  it('are awaited until the last of them is there', async () => {
    const ends: (() => void)[] = [];
    const itemType = () => new Promise<undefined>((resolve) => ends.push(() => resolve(undefined)));
    const { cache } = createWorld({ itemType });
    const order: string[] = [];
    cache.expect(many);
    const settled = cache.settled().then(() => order.push('settled'));
    await settle();
    expect(ends).toHaveLength(100);

    order.push('answered');
    for (const end of ends) end();
    await settled;

    expect(order).toEqual(['answered', 'settled']);
  });

  it('fail for whoever resolves them, and for nobody before', async () => {
    const failure = new DatabaseError('gone', { sqlState: '08006' });
    const { cache } = createWorld({ transact: () => Promise.reject(failure) });
    cache.expect(many);
    await cache.settled();

    await expect(cache.resolve([1000])).rejects.toBe(failure);
  });
});
