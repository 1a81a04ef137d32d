import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  assertOneSnapshot,
  idsOfPage,
  isUnchanged,
  listedIdsOf,
  readRows,
} from '../../src/esi/snapshot.ts';
import { diffListing, isHeldBack, type ListingFacts } from '../../src/pass/diff-listing.ts';
import { contractRow } from '../esi/http/wire.ts';
import { page } from '../esi/pages.ts';
import { law } from '../support/laws.ts';

const SERVED_MS = Date.parse('2026-09-08T12:00:00Z');
const LAST_MODIFIED = new Date('2026-09-08T11:35:00Z');
const ids = fc.integer({ min: 1, max: 400 });
const idSets = fc.array(ids, { maxLength: 300, size: 'max' }).map((list) => new Set(list));

const stored = fc
  .array(fc.tuple(ids, fc.integer({ min: -5, max: 5 })), { maxLength: 300, size: 'max' })
  .map((pairs) => new Map(pairs.map(([id, hours]) => [id, SERVED_MS + hours * 3_600_000])));

const listings: fc.Arbitrary<ListingFacts> = fc.record({
  listedIds: idSets,
  unreadableRows: fc.nat(1),
  isOpenEnded: fc.boolean(),
  hasShifted: fc.boolean(),
  servedAt: fc.constant(new Date(SERVED_MS)),
  lastModified: fc.constant(LAST_MODIFIED),
});

/** A listing that shows all that there is, but for its ids. */
const WHOLE = {
  unreadableRows: 0,
  isOpenEnded: false,
  hasShifted: false,
  servedAt: new Date(SERVED_MS),
  lastModified: LAST_MODIFIED,
};

describe('the difference of a listing', () => {
  law(
    'closes nothing that is listed, or not stored, and nothing twice',
    fc.property(stored, listings, (outstanding, listing) => {
      const closed = diffListing(outstanding, listing).vanished.map(({ contractId }) => contractId);

      expect(closed.filter((id) => listing.listedIds.has(id) || !outstanding.has(id))).toEqual([]);
      expect(new Set(closed).size).toBe(closed.length);
    }),
  );

  law(
    'tells what expired from what was closed by its date, in every kind of listing',
    fc.property(stored, listings, (outstanding, listing) => {
      for (const { contractId, status } of diffListing(outstanding, listing).vanished) {
        expect(status === 'expired').toBe((outstanding.get(contractId) ?? 0) <= SERVED_MS);
      }
    }),
  );

  law(
    'closes all that a whole listing lacks',
    fc.property(stored, idSets, (outstanding, listedIds) => {
      const facts = { ...WHOLE, listedIds };
      const left = [...outstanding.keys()].filter((id) => !listedIds.has(id));
      const { vanished } = diffListing(outstanding, facts);

      expect(vanished.map(({ contractId }) => contractId)).toEqual(left);
    }),
  );

  law(
    'closes nothing above what a listing that was cut off shows, before its date',
    fc.property(stored, idSets, (outstanding, listedIds) => {
      const facts = { ...WHOLE, listedIds, isOpenEnded: true };
      const end = Math.max(0, ...listedIds);
      const { vanished } = diffListing(outstanding, facts);

      expect(vanished.filter((v) => v.contractId > end && v.status === 'closed')).toEqual([]);
    }),
  );

  law(
    'closes nothing before its date by a listing of which a row has no readable id',
    fc.property(stored, listings, (outstanding, listing) => {
      const { vanished } = diffListing(outstanding, { ...listing, unreadableRows: 1 });

      expect(vanished.filter(({ status }) => status === 'closed')).toEqual([]);
    }),
  );

  law(
    'proves nothing by pages that shifted',
    fc.property(stored, listings, (outstanding, listing) => {
      const { vanished, isDoubtful } = diffListing(outstanding, { ...listing, hasShifted: true });

      expect({ vanished, isDoubtful }).toEqual({ vanished: [], isDoubtful: false });
    }),
  );

  law(
    'closes no more when more is listed',
    fc.property(stored, listings, ids, (outstanding, listing, more) => {
      const before = diffListing(outstanding, { ...listing, isOpenEnded: false }).vanished;
      const listedIds = new Set([...listing.listedIds, more]);
      const facts = { ...listing, isOpenEnded: false, listedIds };
      const after = diffListing(outstanding, facts).vanished;

      expect(after).toEqual(before.filter(({ contractId }) => contractId !== more));
    }),
  );

  law(
    'of most of many contracts is held back once, and no longer',
    fc.property(stored, listings, fc.integer({ min: 1, max: 9 }), (outstanding, listing, later) => {
      const diff = diffListing(outstanding, listing);
      const [first, second] = [new Date(SERVED_MS), new Date(SERVED_MS + later)];

      expect(isHeldBack(diff, first, null)).toBe(diff.isDoubtful);
      expect(isHeldBack(diff, second, first)).toBe(false);
      if (diff.isDoubtful) expect(outstanding.size).toBeGreaterThanOrEqual(100);
    }),
  );
});

/** Rows of few contracts: whole, broken with their id, and without one. */
const rows = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(9))
        .map(([id, price]) => contractRow(id, { price })),
    },
    fc.integer({ min: 1, max: 30 }).map((id) => contractRow(id, { price: 'cheap' })),
    fc.jsonValue(),
    fc.constantFrom(contractRow(0), contractRow(-1), contractRow(2 ** 53), contractRow(1.5)),
  ),
  { maxLength: 20 },
);

describe('the rows of pages', () => {
  law(
    'are each contract once: whole, or broken, or without an id',
    fc.property(rows, (page1) => {
      const { contracts, brokenIds } = readRows(page1);
      const { contractIds, unreadableRows } = idsOfPage(page1);
      const found = [...contracts.map(({ contractId }) => contractId), ...brokenIds];

      expect(new Set(found)).toEqual(contractIds);
      expect(found).toHaveLength(contractIds.size);
      expect(unreadableRows).toBeLessThanOrEqual(page1.length - contractIds.size);
    }),
  );

  law(
    'are those of the last that says something readable of a contract',
    fc.property(rows, (page1) => {
      for (const { contractId, price } of readRows(page1).contracts) {
        const whole = (page1 as ReturnType<typeof contractRow>[]).filter(
          (row) => row?.contract_id === contractId && 'price' in row && row['price'] !== 'cheap',
        );
        expect(whole.at(-1)).toMatchObject({ price });
      }
    }),
  );

  law(
    'have shifted when an id stands on two pages, wherever, and never else',
    fc.property(fc.array(rows, { maxLength: 5 }), (pages) => {
      const sets = pages.map((one) => idsOfPage(one).contractIds);
      const isTwice = sets.some((set, at) =>
        sets.slice(at + 1).some((other) => [...set].some((id) => other.has(id))),
      );
      const { hasShifted, listedIds } = listedIdsOf(pages.map(idsOfPage));

      expect(hasShifted).toBe(isTwice);
      expect(listedIds).toEqual(new Set(sets.flatMap((set) => [...set])));
    }),
  );
});

const answers = fc.array(
  fc.record({
    source: fc.constantFrom('fresh', 'unmodified', 'modified'),
    pages: fc.integer({ min: 1, max: 3 }),
    seconds: fc.integer({ min: -3, max: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('the answers of pages', () => {
  law(
    'are of one snapshot only when all are of one time, to the second',
    fc.property(answers, (list) => {
      const pages = list.map(({ source, seconds }) =>
        page({ source, pages: list.length, lastModifiedMs: SERVED_MS + seconds * 1000 }),
      );
      const isOne = list.every((one) =>
        list.every((other) => Math.abs(one.seconds - other.seconds) <= 1),
      );

      if (isOne) expect(() => assertOneSnapshot(pages)).not.toThrow();
      else expect(() => assertOneSnapshot(pages)).toThrow('Last-Modified');
    }),
  );

  law(
    'prove nothing unchanged when one of them is new',
    fc.property(answers, fc.nat(), (list, at) => {
      const changed = list.map((one, index) =>
        index === at % list.length ? { ...one, source: 'modified' as const } : one,
      );
      const pages = changed.map(({ source }) => page({ source, lastModifiedMs: SERVED_MS }));

      expect(isUnchanged(pages, new Date(SERVED_MS))).toBe(false);
    }),
  );
});
