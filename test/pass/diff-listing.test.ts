import { describe, expect, it } from 'vitest';
import {
  diffListing,
  isHeldBack,
  type ListingDiff,
  type ListingFacts,
} from '../../src/pass/diff-listing.ts';

const SERVED_AT = new Date('2026-09-08T12:00:00Z');
const LAST_MODIFIED = new Date('2026-09-08T11:35:00Z');
const TOMORROW_MS = SERVED_AT.getTime() + 86_400_000;
const YESTERDAY_MS = SERVED_AT.getTime() - 86_400_000;

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function stored(ids: readonly number[], expiresMs = TOMORROW_MS): Map<number, number> {
  return new Map(ids.map((id) => [id, expiresMs]));
}

function listing(ids: readonly number[], facts: Partial<ListingFacts> = {}): ListingFacts {
  return {
    listedIds: new Set(ids),
    isOpenEnded: false,
    unreadableRows: 0,
    hasShifted: false,
    servedAt: SERVED_AT,
    lastModified: LAST_MODIFIED,
    ...facts,
  };
}

function idsOf({ vanished }: ListingDiff): number[] {
  return vanished.map(({ contractId }) => contractId);
}

describe('a stored contract that is not listed', () => {
  it.each([
    { when: 'its date lies ahead', expiresMs: SERVED_AT.getTime() + 1, status: 'closed' },
    { when: 'its date is now', expiresMs: SERVED_AT.getTime(), status: 'expired' },
    { when: 'its date has passed', expiresMs: YESTERDAY_MS, status: 'expired' },
  ])('is $status when $when', ({ expiresMs, status }) => {
    const { vanished } = diffListing(new Map([[7, expiresMs]]), listing([]));

    expect(vanished).toEqual([{ contractId: 7, status, endedBefore: LAST_MODIFIED }]);
  });

  it('is told from those that are', () => {
    const diff = diffListing(stored([1, 2, 3, 4]), listing([2, 4, 5]));

    expect(idsOf(diff)).toEqual([1, 3]);
    expect(diff.isDoubtful).toBe(false);
  });
});

describe('a stored contract that is listed', () => {
  it('has not vanished although its date has passed: listings are half an hour old', () => {
    expect(idsOf(diffListing(stored([1], YESTERDAY_MS), listing([1])))).toEqual([]);
  });
});

describe('a listing that proves little', () => {
  it('closes nothing when its pages shifted', () => {
    const many = stored(range(1, 500), YESTERDAY_MS);

    expect(diffListing(many, listing([], { hasShifted: true }))).toEqual({
      vanished: [],
      cutOffIds: [],
      isDoubtful: false,
    });
  });

  it('closes nothing while there are rows that may be any contract', () => {
    const outstanding = new Map([
      [1, TOMORROW_MS],
      [2, YESTERDAY_MS],
      [3, TOMORROW_MS],
    ]);

    const { vanished } = diffListing(outstanding, listing([1], { unreadableRows: 1 }));

    expect(vanished).toEqual([{ contractId: 2, status: 'expired', endedBefore: SERVED_AT }]);
  });

  it('closes up to its largest id when it is cut off', () => {
    const diff = diffListing(stored([1, 9, 10, 11, 12]), listing([2, 10], { isOpenEnded: true }));

    expect(idsOf(diff)).toEqual([1, 9]);
  });

  it('expires above its largest id what has passed its date', () => {
    const outstanding = new Map([
      [11, YESTERDAY_MS],
      [12, TOMORROW_MS],
    ]);

    const { vanished } = diffListing(outstanding, listing([10], { isOpenEnded: true }));

    expect(vanished).toEqual([{ contractId: 11, status: 'expired', endedBefore: SERVED_AT }]);
  });

  it('closes above its largest id when it is not cut off', () => {
    expect(idsOf(diffListing(stored([11]), listing([10])))).toEqual([11]);
  });
});

describe('a listing is doubtful', () => {
  it.each([
    { missing: 99, of: 99, doubtful: false },
    { missing: 50, of: 100, doubtful: false },
    { missing: 51, of: 100, doubtful: true },
    { missing: 100, of: 100, doubtful: true },
    { missing: 50, of: 101, doubtful: false },
    { missing: 51, of: 101, doubtful: true },
    { missing: 5000, of: 10_001, doubtful: false },
    { missing: 5001, of: 10_001, doubtful: true },
  ])('when it lacks $missing of $of stored contracts: $doubtful', ({ missing, of, doubtful }) => {
    const diff = diffListing(stored(range(1, of)), listing(range(missing + 1, of - missing)));

    expect(diff.isDoubtful).toBe(doubtful);
    expect(diff.vanished).toHaveLength(missing);
  });

  it('not for what it cannot show, being cut off', () => {
    const outstanding = stored([...range(1, 99), ...range(1000, 500)]);
    const facts = listing([100], { isOpenEnded: true });

    expect(diffListing(outstanding, facts).isDoubtful).toBe(false);
  });

  it('for what it should show, being cut off', () => {
    const outstanding = stored([...range(1, 100), ...range(1000, 500)]);
    const facts = listing(range(52, 49), { isOpenEnded: true });

    expect(diffListing(outstanding, facts).isDoubtful).toBe(true);
  });

  it('not for contracts above its end that passed their date', () => {
    const outstanding = new Map([
      ...stored(range(1, 100)),
      ...stored(range(1000, 500), YESTERDAY_MS),
    ]);
    const facts = listing(range(1, 101), { isOpenEnded: true });

    const diff = diffListing(outstanding, facts);

    expect(diff.isDoubtful).toBe(false);
    expect(diff.vanished).toHaveLength(500);
  });
});

describe('when a contract ended', () => {
  const cutOff = { isOpenEnded: true };

  it('is known from the listing that does not show it, or behind its end from ESI’s clock', () => {
    const outstanding = new Map([
      [5, TOMORROW_MS],
      [50, YESTERDAY_MS],
    ]);

    const { vanished } = diffListing(outstanding, listing([1, 9], cutOff));

    expect(vanished).toEqual([
      { contractId: 5, status: 'closed', endedBefore: LAST_MODIFIED },
      { contractId: 50, status: 'expired', endedBefore: SERVED_AT },
    ]);
  });

  it('is not known while it may be behind the end of the listing: it is told of', () => {
    const { vanished, cutOffIds } = diffListing(stored([1, 8, 50]), listing([1, 9], cutOff));

    expect(vanished.map(({ contractId }) => contractId)).toEqual([8]);
    expect(cutOffIds).toEqual([50]);
  });
});

describe('closing', () => {
  const doubtful: ListingDiff = { vanished: [], cutOffIds: [], isDoubtful: true };
  const sound: ListingDiff = { vanished: [], cutOffIds: [], isDoubtful: false };
  const first = new Date('2026-09-08T11:00:00Z');
  const second = new Date('2026-09-08T11:30:00Z');

  it('is held back by the first doubtful snapshot, and as long as that is all there is', () => {
    expect(isHeldBack(doubtful, first, null)).toBe(true);
    expect(isHeldBack(doubtful, new Date(first), first)).toBe(true);
  });

  it('is done when the next snapshot says the same', () => {
    expect(isHeldBack(doubtful, second, first)).toBe(false);
  });

  it('is done at once by a snapshot without doubt', () => {
    expect(isHeldBack(sound, second, null)).toBe(false);
    expect(isHeldBack(sound, second, first)).toBe(false);
    expect(isHeldBack(sound, first, first)).toBe(false);
  });
});
