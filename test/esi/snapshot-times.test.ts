import { describe, expect, it } from 'vitest';
import {
  assertNotAhead,
  assertNotOlder,
  believedServedAt,
  isOpenEnded,
  PAGE_LIMIT,
  TornListingError,
} from '../../src/esi/snapshot.ts';
import { NOW_MS, page, pagesOf } from './pages.ts';

const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 30 * MINUTE_MS;

describe('the time at which ESI served a listing', () => {
  it.each([
    { of: 'the listing has just been made', agoMs: 0 },
    { of: 'it is 29 minutes old', agoMs: 29 * MINUTE_MS },
    { of: 'it is as old as it gets', agoMs: HALF_HOUR_MS },
  ])('is its Date when $of', ({ agoMs }) => {
    const times = { servedAtMs: NOW_MS, lastModifiedMs: NOW_MS - agoMs };

    expect(believedServedAt(times)).toEqual(new Date(NOW_MS));
  });

  it('is at most the end of its life, however late a Date says it is', () => {
    const times = { servedAtMs: NOW_MS + 86_400_000, lastModifiedMs: NOW_MS };

    expect(believedServedAt(times)).toEqual(new Date(NOW_MS + HALF_HOUR_MS));
  });

  it('is never before it was made, however early a Date says it is', () => {
    const times = { servedAtMs: NOW_MS - 3_600_000, lastModifiedMs: NOW_MS };

    expect(believedServedAt(times)).toEqual(new Date(NOW_MS));
  });
});

describe('a snapshot', () => {
  it.each([
    { aheadOf: 'no clock', servedAtMs: NOW_MS, nowMs: NOW_MS },
    { aheadOf: 'a Date that is an hour slow', servedAtMs: NOW_MS - 3_600_000, nowMs: NOW_MS },
    { aheadOf: 'a clock here that is an hour slow', servedAtMs: NOW_MS, nowMs: NOW_MS - 3_600_000 },
    { aheadOf: 'all clocks by 5 minutes', servedAtMs: NOW_MS - 300_000, nowMs: NOW_MS - 300_000 },
  ])('that is ahead of $aheadOf is no fault', ({ servedAtMs, nowMs }) => {
    assertNotAhead({ servedAtMs, lastModifiedMs: NOW_MS }, nowMs);
  });

  it('that is ahead of all clocks is one', () => {
    const times = { servedAtMs: NOW_MS, lastModifiedMs: NOW_MS + 300_001 };

    expect(() => assertNotAhead(times, NOW_MS)).toThrow(TornListingError);
  });

  it.each([undefined, -1_800_000, 0, 1000])(
    'is no fault when the one before is %s ms later',
    (laterMs) => {
      const newest = laterMs === undefined ? undefined : new Date(NOW_MS + laterMs);

      assertNotOlder({ servedAtMs: NOW_MS, lastModifiedMs: NOW_MS }, newest);
    },
  );

  it('that is more than a second older than the one before is one', () => {
    const times = { servedAtMs: NOW_MS, lastModifiedMs: NOW_MS };

    expect(() => assertNotOlder(times, new Date(NOW_MS + 1001))).toThrow(TornListingError);
  });
});

describe('a listing has an open end', () => {
  it.each([
    { of: 'one full page', pages: [page({ rows: 1000 })], isOpen: true },
    { of: 'one page with room', pages: [page({ rows: 999 })], isOpen: false },
    { of: 'an empty page', pages: [page({ rows: 0 })], isOpen: false },
    { of: 'full pages', pages: pagesOf(3), isOpen: true },
    { of: 'full pages of another size', pages: pagesOf(3, { rows: 20 }), isOpen: true },
    { of: 'a last page with room', pages: [...pagesOf(2), page({ rows: 999 })], isOpen: false },
    { of: 'as many full pages as ESI shows', pages: pagesOf(PAGE_LIMIT), isOpen: true },
  ])('with $of: $isOpen', ({ pages, isOpen }) => {
    expect(isOpenEnded(pages)).toBe(isOpen);
  });
});
