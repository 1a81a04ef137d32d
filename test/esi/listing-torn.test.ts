import { describe, expect, it } from 'vitest';
import { TornListingError } from '../../src/esi/snapshot.ts';
import { EsiHarness, failureOf } from './esi-harness.ts';
import { contractRow, contractRows } from './http/wire.ts';
import { idsOf, listingPage, MODIFIED, pathOf, REGION, rowsOf } from './listing-pages.ts';
import type { MockEsi, Reply } from './mock-esi.ts';

const FIRST_ROWS = contractRows(1, 2);
const SECOND_ROWS = contractRows(3, 2);
const WHOLE = [
  listingPage({ rows: FIRST_ROWS, pages: 2 }),
  listingPage({ rows: SECOND_ROWS, pages: 2 }),
] as const;
const MAX_ATTEMPTS = 4;
const RESTART_DELAYS = [500, 1000, 1500];

/** Second pages that do not go with the first. */
const TORN: readonly { readonly of: string; readonly second: Reply }[] = [
  {
    of: 'Last-Modified is 2 s later on page 2',
    second: listingPage({ rows: SECOND_ROWS, pages: 2, modified: MODIFIED + 2 }),
  },
  {
    of: 'Last-Modified is 2 s earlier on page 2',
    second: listingPage({ rows: SECOND_ROWS, pages: 2, modified: MODIFIED - 2 }),
  },
  { of: 'page 2 is gone', second: { status: 404, body: { error: 'no such page' } } },
  { of: 'X-Pages is less on page 2', second: listingPage({ rows: SECOND_ROWS, pages: 1 }) },
  { of: 'X-Pages is more on page 2', second: listingPage({ rows: SECOND_ROWS, pages: 3 }) },
];

const SHIFTED = listingPage({ rows: [...contractRows(2, 1), ...SECOND_ROWS], pages: 2 });

function serve(mock: MockEsi, first: Reply, second: Reply): void {
  mock.get(pathOf(1), first);
  mock.get(pathOf(2), second);
}

async function readIds({ client }: EsiHarness): Promise<number[]> {
  const listing = await client.publicContracts(REGION);
  return idsOf(listing);
}

describe('a listing is started over', () => {
  it.each(TORN)('when $of', async ({ second }) => {
    const esi = new EsiHarness();
    serve(esi.mock, WHOLE[0], second);
    serve(esi.mock, ...WHOLE);

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
    expect(esi.clock.leaps).toEqual([500]);
  });

  it('when an id stands on two pages', async () => {
    const esi = new EsiHarness();
    serve(esi.mock, WHOLE[0], SHIFTED);
    serve(esi.mock, ...WHOLE);

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
    expect(await esi.client.publicContracts(REGION)).toMatchObject({ hasShifted: false });
    expect(esi.clock.leaps).toEqual([500]);
  });

  it('with a first page without validator, which may tell other pages, and the rest by it', async () => {
    const esi = new EsiHarness();
    serve(esi.mock, WHOLE[0], listingPage({ rows: SECOND_ROWS, pages: 2, modified: 0 }));
    serve(esi.mock, ...WHOLE);
    await esi.client.publicContracts(REGION);

    const validators = esi.mock.requests.map(({ headers }) => headers['if-none-match']);
    expect(esi.mock.paths).toEqual([pathOf(1), pathOf(2), pathOf(1), pathOf(2)]);
    expect(validators).toEqual([undefined, undefined, undefined, '"tag"']);
  });

  it('not when Last-Modified differs by a second', async () => {
    const esi = new EsiHarness();
    serve(esi.mock, WHOLE[0], listingPage({ rows: SECOND_ROWS, pages: 2, modified: MODIFIED + 1 }));

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
    expect(esi.clock.leaps).toEqual([]);
  });
});

describe('a listing that is torn in every attempt', () => {
  it.each(TORN)('ends as an error when $of', async ({ second }) => {
    const { mock, client, clock } = new EsiHarness();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) serve(mock, WHOLE[0], second);

    expect(await failureOf(client.publicContracts(REGION))).toBeInstanceOf(TornListingError);
    expect(clock.leaps).toEqual(RESTART_DELAYS);
  });

  it('is given back as shifted when an id stays on two pages', async () => {
    const { mock, client, clock } = new EsiHarness();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) serve(mock, WHOLE[0], SHIFTED);

    const listing = await client.publicContracts(REGION);

    expect(listing).toMatchObject({
      kind: 'snapshot',
      hasShifted: true,
      listedIds: new Set([1, 2, 3, 4]),
    });
    expect(await idsOf(listing)).toEqual([1, 2, 3, 4]);
    expect(clock.leaps).toEqual(RESTART_DELAYS);
  });

  it('has each contract once, as the first page shows it', async () => {
    const { mock, client } = new EsiHarness();
    const broken = { price: 'much' };
    const first = [contractRow(1, { price: 5 }), contractRow(2), contractRow(3, broken)];
    const second = [contractRow(1, { price: 6 }), contractRow(2, broken), contractRow(3, broken)];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      serve(mock, listingPage({ rows: first, pages: 2 }), listingPage({ rows: second, pages: 2 }));
    }

    const listing = await client.publicContracts(REGION);

    const [one, other] = await rowsOf(listing);
    expect(one?.contracts.map(({ contractId, price }) => [contractId, price])).toEqual([
      [1, 5],
      [2, null],
    ]);
    expect(one?.brokenIds).toEqual([3]);
    expect(other).toEqual({ contracts: [], brokenIds: [] });
    expect(listing).toMatchObject({ listedIds: new Set([1, 2, 3]), hasShifted: true });
  });

  it('can be whole in the last', async () => {
    const esi = new EsiHarness();
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt += 1) {
      serve(esi.mock, WHOLE[0], SHIFTED);
    }
    serve(esi.mock, ...WHOLE);

    expect(await readIds(esi)).toEqual([1, 2, 3, 4]);
  });
});
