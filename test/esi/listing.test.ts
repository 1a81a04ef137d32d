import { describe, expect, it } from 'vitest';
import { EsiError, InterruptedError } from '../../src/errors.ts';
import { EsiHarness, failureOf, httpDate, NOW } from './esi-harness.ts';
import { contractRow, contractRows } from './http/wire.ts';
import { idsOf, listingPage, MODIFIED, pathOf, REGION, rowsOf } from './listing-pages.ts';

const MODIFIED_AT = new Date(NOW.getTime() + MODIFIED * 1000);

describe('a listing', () => {
  it('of one page is read by one request', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 2) }));

    const listing = await client.publicContracts(REGION);

    expect(await idsOf(listing)).toEqual([1, 2]);
    expect(listing).toMatchObject({
      kind: 'snapshot',
      lastModified: MODIFIED_AT,
      servedAt: NOW,
      isCapped: false,
      listedIds: new Set([1, 2]),
      unreadableRows: 0,
      hasShifted: false,
    });
  });

  it('of several pages is read as a whole, in their order', async () => {
    const { mock, client, clock } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 3), pages: 3 }));
    mock.get(pathOf(2), listingPage({ rows: contractRows(4, 3), pages: 3 }));
    mock.get(pathOf(3), listingPage({ rows: contractRows(7, 1), pages: 3 }));

    expect(await idsOf(await client.publicContracts(REGION))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(mock.requests).toHaveLength(3);
    expect(clock.leaps).toEqual([]);
  });

  it('without contracts is an empty snapshot', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: [] }));

    expect(await idsOf(await client.publicContracts(REGION))).toEqual([]);
  });

  it('tells the time of ESI, not ours', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ date: 3600, modified: 3000, expires: 4800 }));

    expect(await client.publicContracts(REGION)).toMatchObject({
      servedAt: new Date(NOW.getTime() + 3_600_000),
      lastModified: new Date(NOW.getTime() + 3_000_000),
    });
  });

  it('sets broken rows apart', async () => {
    const { mock, client } = new EsiHarness();
    const rows = [contractRow(1), contractRow(2, { price: 1e25 }), { title: 'odd' }];
    mock.get(pathOf(1), listingPage({ rows }));

    const listing = await client.publicContracts(REGION);

    expect(await rowsOf(listing)).toEqual([
      { contracts: [expect.objectContaining({ contractId: 1 })], brokenIds: [2] },
    ]);
    expect(listing).toMatchObject({ listedIds: new Set([1, 2]), unreadableRows: 1 });
  });

  it('gives its rows page by page, and again to whoever asks again', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 2), pages: 2 }));
    mock.get(pathOf(2), listingPage({ rows: contractRows(3, 1), pages: 2 }));

    const listing = await client.publicContracts(REGION);

    const pages = await rowsOf(listing);
    expect(pages.map(({ contracts }) => contracts.length)).toEqual([2, 1]);
    expect(await rowsOf(listing)).toEqual(pages);
    expect(mock.requests).toHaveLength(2);
  });

  it('of 35 full pages is one that ESI cut off', async () => {
    const { mock, client } = new EsiHarness();
    for (let page = 1; page <= 35; page += 1) {
      mock.get(pathOf(page), listingPage({ rows: contractRows(page * 10, 2), pages: 35 }));
    }

    const listing = await client.publicContracts(REGION);

    expect(await idsOf(listing)).toHaveLength(70);
    expect(listing).toMatchObject({ isCapped: true });
  });
});

describe('a listing that cannot be had', () => {
  it('is an error with the status of its first page, not started over', async () => {
    const { mock, client, clock } = new EsiHarness();
    mock.get(pathOf(1), { status: 404, body: { error: 'Region not found' } });

    const error = await failureOf(client.publicContracts(REGION));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status: 404 });
    expect(clock.leaps).toEqual([]);
  });

  it.each([400, 403])('is an error when a later page fails with %d', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 1), pages: 2 }));
    mock.get(pathOf(2), { status });

    const error = await failureOf(client.publicContracts(REGION));

    expect(error).toMatchObject({ name: 'EsiError', status });
    expect(mock.requests).toHaveLength(2);
  });

  it('is an error when a later page fails for ever', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 1), pages: 2 }));
    mock.getTimes(4, pathOf(2), { status: 502 });

    expect(await failureOf(client.publicContracts(REGION))).toMatchObject({ status: 502 });
  });

  it.each([
    { fault: 'missing', pages: {} },
    { fault: '0', pages: { 'x-pages': '0' } },
    { fault: 'absurd', pages: { 'x-pages': '4294967295' } },
    { fault: 'no number', pages: { 'x-pages': 'many' } },
  ])('is an error when X-Pages is $fault', async ({ pages }) => {
    const { mock, client } = new EsiHarness();
    const headers: Record<string, string> = { ...pages, 'last-modified': httpDate(MODIFIED) };
    mock.getTimes(4, pathOf(1), { body: [], headers });

    const error = await failureOf(client.publicContracts(REGION));

    expect(error).toMatchObject({ name: 'EsiError', status: 200 });
  });

  it('costs few errors when X-Pages tells of pages that are not there', async () => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(4, pathOf(1), listingPage({ rows: contractRows(1, 1), pages: 900 }));
    mock.always(/page=\d{1,3}$/, { status: 404 });

    expect(await failureOf(client.publicContracts(REGION))).toBeInstanceOf(EsiError);
    expect(mock.requests.length).toBeLessThanOrEqual(4 * (1 + 2 * 8));
  });
});

describe('a listing that expires at any moment', () => {
  it('is awaited, and then read as a whole', async () => {
    const { mock, client, clock } = new EsiHarness();
    const next = { pages: 2, modified: 3, date: 3, expires: 1803, etag: '"next"' };
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 2), pages: 2, expires: 3 }));
    mock.get(pathOf(1), listingPage({ ...next, rows: contractRows(11, 2) }));
    mock.get(pathOf(2), listingPage({ ...next, rows: contractRows(13, 1) }));

    const listing = await client.publicContracts(REGION);

    expect(await idsOf(listing)).toEqual([11, 12, 13]);
    expect(clock.leaps).toEqual([3000]);
    expect(mock.requests[1]?.headers['if-none-match']).toBe('"tag"');
  });

  it('of one page is not awaited', async () => {
    const { mock, client, clock } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 2), expires: 3 }));

    await client.publicContracts(REGION);

    expect(clock.leaps).toEqual([]);
  });
});

describe('the abort signal', () => {
  it('ends the reading of a listing with its reason', async () => {
    const { mock, client, controller } = new EsiHarness();
    const reason = new InterruptedError('SIGINT');
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 1), pages: 2 }));
    mock.hang(pathOf(2), () => controller.abort(reason));

    expect(await failureOf(client.publicContracts(REGION))).toBe(reason);
  });

  it('ends the wait before a listing is started over', async () => {
    const { mock, client, controller, clock } = new EsiHarness({ leapMs: 0 });
    const reason = new InterruptedError('SIGINT');
    const rows = contractRows(1, 1);
    mock.get(pathOf(1), listingPage({ rows, pages: 2 }));
    mock.get(pathOf(2), { status: 404 });

    const reading = failureOf(client.publicContracts(REGION));
    await clock.untilAsleep(500);
    controller.abort(reason);

    expect(await reading).toBe(reason);
  });
});
