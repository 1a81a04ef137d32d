import { describe, expect, it } from 'vitest';
import type { StoredSnapshots } from '../../src/esi/listing.ts';
import { MemoryCacheStore } from './cache/memory-cache-store.ts';
import { EsiHarness, type EsiHarnessOptions, NOW } from './esi-harness.ts';
import { contractRows } from './http/wire.ts';
import { idsOf, listingPage, MODIFIED, notModified, pathOf, REGION } from './listing-pages.ts';
import type { Reply } from './mock-esi.ts';

const LIFE_MS = 1_200_000;
const KNOWN = new Date(NOW.getTime() + MODIFIED * 1000);
const NEWER = new Date(KNOWN.getTime() + 300_000);
const STORED = { complete: KNOWN, newest: KNOWN };
const OLDER = new Date(KNOWN.getTime() - 1_800_000);

/** The cache of a run that read these pages. */
async function storeWith(...pages: readonly Reply[]): Promise<MemoryCacheStore> {
  const store = new MemoryCacheStore();
  const { mock, client } = new EsiHarness({ store });
  for (const [index, page] of pages.entries()) mock.get(pathOf(index + 1), page);
  await client.publicContracts(REGION);
  return store;
}

function twoPages() {
  return storeWith(
    listingPage({ rows: contractRows(1, 3), pages: 2 }),
    listingPage({ rows: contractRows(4, 1), pages: 2 }),
  );
}

/** A run after the listing has expired. */
async function laterRun(store: MemoryCacheStore, options: EsiHarnessOptions = {}) {
  const esi = new EsiHarness({ store, ...options });
  await esi.clock.advance(LIFE_MS);
  return esi;
}

async function readIds({ client }: EsiHarness, stored?: StoredSnapshots): Promise<number[]> {
  const listing = await client.publicContracts(REGION, stored);
  return idsOf(listing);
}

describe('a listing that has not expired', () => {
  it('is unchanged without a request when its snapshot is stored', async () => {
    const esi = new EsiHarness({ store: await twoPages() });

    expect(await esi.client.publicContracts(REGION, STORED)).toEqual({
      kind: 'unchanged',
      lastModified: KNOWN,
    });
    expect(esi.mock.requests).toEqual([]);
    expect(esi.client.counters()).toMatchObject({ requests: 0, cacheFresh: 2 });
  });

  it.each([{}, { complete: OLDER, newest: OLDER }, { newest: KNOWN }])(
    'is read from the cache when the database does not hold its snapshot: %j',
    async (stored) => {
      const esi = new EsiHarness({ store: await twoPages() });

      expect(await readIds(esi, stored)).toEqual([1, 2, 3, 4]);
      expect(esi.mock.requests).toEqual([]);
    },
  );

  it('is asked for where the database holds a newer one', async () => {
    const esi = new EsiHarness({ store: await twoPages() });
    const next = { pages: 2, modified: -300, expires: 1500 };
    esi.mock.get(pathOf(1), listingPage({ ...next, rows: contractRows(11, 3) }));
    esi.mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(14, 1) }));

    expect(await readIds(esi, { newest: NEWER, complete: NEWER })).toEqual([11, 12, 13, 14]);
  });

  it('is asked for where the cache lost a body', async () => {
    const store = await twoPages();
    store.bodies.delete(pathOf(2));
    const esi = new EsiHarness({ store });
    esi.mock.get(pathOf(2), listingPage({ rows: contractRows(4, 1), pages: 2 }));

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
    expect(esi.mock.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('is started over where a lost body comes back from another snapshot', async () => {
    const store = await twoPages();
    store.bodies.delete(pathOf(2));
    const esi = new EsiHarness({ store });
    const next = { pages: 2, modified: 0, expires: 1800 };
    esi.mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(14, 1) }));
    esi.mock.get(pathOf(1), listingPage({ ...next, rows: contractRows(11, 3) }));
    esi.mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(14, 1) }));

    expect(await readIds(esi)).toEqual([11, 12, 13, 14]);
  });
});

describe('a listing that has expired', () => {
  it('is unchanged by 304 of all pages when its snapshot is stored', async () => {
    const esi = await laterRun(await twoPages());
    esi.mock.get(pathOf(1), notModified()).get(pathOf(2), notModified());

    expect(await esi.client.publicContracts(REGION, STORED)).toMatchObject({ kind: 'unchanged' });
    expect(esi.client.counters()).toMatchObject({ requests: 2, cacheHits: 2, cacheMisses: 0 });
  });

  it('is unchanged with a Last-Modified that the 304 renewed', async () => {
    const esi = await laterRun(await twoPages());
    esi.mock.get(pathOf(1), notModified({ modified: 1190 }));
    esi.mock.get(pathOf(2), notModified({ modified: 1190 }));

    expect(await esi.client.publicContracts(REGION, STORED)).toEqual({
      kind: 'unchanged',
      lastModified: new Date(NOW.getTime() + 1_190_000),
    });
  });

  it('is read from the cache after 304 when the database does not hold its snapshot', async () => {
    const esi = await laterRun(await twoPages());
    esi.mock.get(pathOf(1), notModified()).get(pathOf(2), notModified());

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
  });

  it('is asked for after 304 where the cache lost a body', async () => {
    const store = await twoPages();
    store.bodies.delete(pathOf(1));
    const esi = await laterRun(store);
    const first = listingPage({ rows: contractRows(1, 3), pages: 2, date: 1200, expires: 3000 });
    esi.mock.get(pathOf(1), notModified(), first).get(pathOf(2), notModified());

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
  });

  it('is put together of pages that changed and pages that did not', async () => {
    const esi = await laterRun(await twoPages());
    const next = { pages: 2, modified: 1190, date: 1200, expires: 3000 };
    esi.mock.get(pathOf(1), notModified({ modified: 1190 }));
    esi.mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(4, 2) }));

    expect(await readIds(esi, STORED)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is read as it is by a run that leaves the cache alone', async () => {
    const store = await twoPages();
    const before = new Map(store.heads);
    const esi = await laterRun(store, { isReadOnly: true });
    esi.mock.get(pathOf(1), notModified()).get(pathOf(2), notModified());

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
    expect(store.heads).toEqual(before);
  });
});

describe('a full last page that is not modified', () => {
  const FULL = contractRows(1, 1000);

  it('is asked for without validator, since a 304 tells of no page behind it', async () => {
    const esi = await laterRun(await storeWith(listingPage({ rows: FULL })));
    const same = listingPage({ rows: FULL, date: 1200, expires: 3000 });
    esi.mock.get(pathOf(1), notModified(), same);

    expect(await readIds(esi)).toHaveLength(1000);
    expect(esi.mock.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      '"tag"',
      undefined,
    ]);
  });

  it('is unchanged where a 200 of it says that it is the last of the same snapshot', async () => {
    const esi = await laterRun(await storeWith(listingPage({ rows: FULL })));
    const same = listingPage({ rows: FULL, date: 1200, expires: 3000 });
    esi.mock.get(pathOf(1), notModified(), same);

    expect(await esi.client.publicContracts(REGION, STORED)).toEqual({
      kind: 'unchanged',
      lastModified: KNOWN,
    });
  });

  it('leads to the page that was added behind it', async () => {
    const esi = await laterRun(await storeWith(listingPage({ rows: FULL })));
    const next = { pages: 2, modified: 1190, date: 1200, expires: 3000 };
    const first = listingPage({ ...next, rows: FULL });
    esi.mock.get(pathOf(1), notModified({ modified: 1190 }), first, first);
    esi.mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(1001, 1) }));

    expect(await readIds(esi, STORED)).toHaveLength(1001);
  });
});
