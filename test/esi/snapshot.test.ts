import { describe, expect, it } from 'vitest';
import {
  assertOneSnapshot,
  isCapped,
  isUnchanged,
  mayHideAPage,
  msUntilNextSnapshot,
  PAGE_LIMIT,
  TornListingError,
  timesOf,
} from '../../src/esi/snapshot.ts';
import { LAST_MODIFIED_MS, NOW_MS, page, pagesOf } from './pages.ts';

describe('the wait for the next snapshot', () => {
  it.each([
    { expiresInMs: 1, waitMs: 1 },
    { expiresInMs: 5000, waitMs: 5000 },
    { expiresInMs: 5001, waitMs: 0 },
    { expiresInMs: 1_200_000, waitMs: 0 },
    { expiresInMs: 0, waitMs: 0 },
    { expiresInMs: -1000, waitMs: 0 },
  ])('is $waitMs ms when the first of several pages expires in $expiresInMs ms', (one) => {
    const first = page({ pages: 3, expiresInMs: one.expiresInMs });

    expect(msUntilNextSnapshot(first, NOW_MS)).toBe(one.waitMs);
  });

  it.each([
    { of: 'a single page', facts: { pages: 1 }, waitMs: 0 },
    { of: 'a page from the cache', facts: { pages: 3, source: 'fresh' }, waitMs: 0 },
    { of: 'an unmodified page', facts: { pages: 3, source: 'unmodified' }, waitMs: 3000 },
    { of: 'a page of unknown followers', facts: { pages: null }, waitMs: 3000 },
    {
      of: 'a listing that lives for less than a minute',
      facts: { pages: 3, lastModifiedMs: NOW_MS - 56_000 },
      waitMs: 0,
    },
    {
      of: 'a listing that lives for a minute',
      facts: { pages: 3, lastModifiedMs: NOW_MS - 57_000 },
      waitMs: 3000,
    },
    { of: 'a page without Last-Modified', facts: { pages: 3, lastModifiedMs: null }, waitMs: 0 },
  ] as const)('is $waitMs ms for $of that expires in 3 s', ({ facts, waitMs }) => {
    expect(msUntilNextSnapshot(page({ ...facts, expiresInMs: 3000 }), NOW_MS)).toBe(waitMs);
  });
});

describe('a page behind the last', () => {
  it.each([
    { of: 'a full last page', rows: 1000, hides: true },
    { of: 'a last page with room', rows: 999, hides: false },
    { of: 'an empty page', rows: 0, hides: false },
  ])('may be hidden by 304 of $of: $hides', ({ rows, hides }) => {
    expect(mayHideAPage([page({ source: 'unmodified', rows })])).toBe(hides);
    const full = page({ source: 'unmodified', pages: 2 });
    expect(mayHideAPage([full, page({ source: 'unmodified', pages: 2, rows })])).toBe(hides);
  });

  it('may be hidden where pages are shorter than those of ESI', () => {
    expect(mayHideAPage(pagesOf(2, { source: 'unmodified', rows: 10 }))).toBe(true);
  });

  it.each(['fresh', 'modified'] as const)('is not hidden when the last page is %s', (source) => {
    expect(mayHideAPage([page({ source, rows: 1000 })])).toBe(false);
  });

  it('is not looked for beyond the pages that ESI gives', () => {
    expect(mayHideAPage(pagesOf(PAGE_LIMIT, { source: 'unmodified' }))).toBe(false);
    expect(mayHideAPage(pagesOf(PAGE_LIMIT - 1, { source: 'unmodified' }))).toBe(true);
  });
});

describe('pages of one snapshot', () => {
  it.each([0, 1, 999, 1000])('may differ by %d ms in Last-Modified', (differenceMs) => {
    const second = page({ pages: 2, lastModifiedMs: LAST_MODIFIED_MS - differenceMs });

    expect(() => assertOneSnapshot([page({ pages: 2 }), second])).not.toThrow();
  });

  it.each([1001, 2000, 1_800_000])('do not differ by %d ms in Last-Modified', (differenceMs) => {
    const second = page({ pages: 2, lastModifiedMs: LAST_MODIFIED_MS + differenceMs });

    expect(() => assertOneSnapshot([page({ pages: 2 }), second])).toThrow(TornListingError);
    expect(() => assertOneSnapshot([second, page({ pages: 2 })])).toThrow('Last-Modified');
  });

  it('are compared all with all, not only neighbours', () => {
    const pages = [0, 900, 1800].map((ms) => page({ pages: 3, lastModifiedMs: NOW_MS + ms }));

    expect(() => assertOneSnapshot(pages)).toThrow(TornListingError);
  });

  it('need not all tell their Last-Modified', () => {
    const silent = page({ source: 'unmodified', lastModifiedMs: null });

    expect(() => assertOneSnapshot([silent])).not.toThrow();
    expect(() => assertOneSnapshot([page({ pages: 2 }), silent])).not.toThrow();
  });

  it.each([1, 3, null])('agree in X-Pages with their number, which %s is not', (pages) => {
    expect(() => assertOneSnapshot([page({ pages: 2 }), page({ pages })])).toThrow('X-Pages');
  });

  it.each(['fresh', 'unmodified'] as const)('may be %s with an old X-Pages', (source) => {
    expect(() => assertOneSnapshot([page({ pages: 2 }), page({ source, pages: 1 })])).not.toThrow();
  });
});

describe('a listing is unchanged', () => {
  const known = new Date(LAST_MODIFIED_MS);

  it.each(['fresh', 'unmodified'] as const)(
    'when all pages are %s and of the snapshot',
    (source) => {
      expect(isUnchanged(pagesOf(3, { source }), known)).toBe(true);
    },
  );

  it.each([
    { differenceMs: 1000, unchanged: true },
    { differenceMs: -1000, unchanged: true },
    { differenceMs: 1001, unchanged: false },
    { differenceMs: -1001, unchanged: false },
  ])('when stored $differenceMs ms apart: $unchanged', ({ differenceMs, unchanged }) => {
    const storedLastModifiedMs = LAST_MODIFIED_MS + differenceMs;

    expect(isUnchanged([page({ source: 'unmodified', storedLastModifiedMs })], known)).toBe(
      unchanged,
    );
  });

  it('not when no snapshot is known', () => {
    expect(isUnchanged([page({ source: 'unmodified' })], undefined)).toBe(false);
  });

  it('not when one page is new, or its stored snapshot unknown', () => {
    const unmodified = page({ source: 'unmodified' });

    expect(isUnchanged([unmodified, page()], known)).toBe(false);
    const unknown = page({ source: 'unmodified', storedLastModifiedMs: null });
    expect(isUnchanged([unmodified, unknown], known)).toBe(false);
  });

  it('not when a 304 renews what was stored of another snapshot', () => {
    const other = page({
      source: 'unmodified',
      storedLastModifiedMs: LAST_MODIFIED_MS - 1_800_000,
    });

    expect(isUnchanged([other], known)).toBe(false);
  });
});

describe('the facts of a snapshot', () => {
  it('are the latest Last-Modified of its pages', () => {
    const pages = [0, 1000, 500].map((ms) => page({ lastModifiedMs: NOW_MS + ms }));

    expect(timesOf(pages)).toMatchObject({ lastModifiedMs: NOW_MS + 1000 });
  });

  it.each([
    { of: '35 full pages', pages: pagesOf(PAGE_LIMIT), capped: true },
    { of: '34 full pages', pages: pagesOf(PAGE_LIMIT - 1), capped: false },
    { of: '36 full pages', pages: pagesOf(PAGE_LIMIT + 1), capped: false },
    { of: '35 full short pages', pages: pagesOf(PAGE_LIMIT, { rows: 10 }), capped: true },
    {
      of: '35 pages, the last with room',
      pages: [...pagesOf(PAGE_LIMIT - 1), page({ rows: 999 })],
      capped: false,
    },
    { of: 'one full page', pages: [page()], capped: false },
    { of: 'no page', pages: [], capped: false },
  ])('are that ESI cut off $of: $capped', ({ pages, capped }) => {
    expect(isCapped(pages)).toBe(capped);
  });
});
