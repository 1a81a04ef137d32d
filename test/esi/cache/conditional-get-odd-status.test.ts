import { describe, expect, it } from 'vitest';
import { EsiError } from '../../../src/errors.ts';
import { EsiHarness, failureOf, httpDate } from '../esi-harness.ts';
import { contractRows } from '../http/wire.ts';
import { listingPage, pathOf, REGION } from '../listing-pages.ts';

const HEADERS = { 'x-pages': '1', 'last-modified': httpDate(-60), date: httpDate(0) };

describe('a listing', () => {
  it.each([202, 204, 206, 304])('that answers %d unasked is no empty region', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.always(/page=1$/, { status, headers: HEADERS });

    expect(await failureOf(client.publicContracts(REGION))).toBeInstanceOf(EsiError);
  });

  it.each([202, 204, 206])('that answers %d to a validator is not unmodified', async (status) => {
    const { mock, client, clock } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ rows: contractRows(1, 1) }));
    await client.publicContracts(REGION);
    await clock.advance(1_200_000);
    mock.always(/page=1$/, { status, headers: HEADERS });

    expect(await failureOf(client.publicContracts(REGION))).toBeInstanceOf(EsiError);
  });
});
