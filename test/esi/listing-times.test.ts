import { describe, expect, it } from 'vitest';
import { TornListingError } from '../../src/esi/snapshot.ts';
import { EsiHarness, failureOf, NOW } from './esi-harness.ts';
import { contractRows } from './http/wire.ts';
import { idsOf, listingPage, MODIFIED, notModified, pathOf, REGION } from './listing-pages.ts';

const MAX_ATTEMPTS = 4;
const DAY = 86_400;

function at(seconds: number): Date {
  return new Date(NOW.getTime() + seconds * 1000);
}

describe('a listing that is older than the one stored', () => {
  const old = listingPage({ rows: contractRows(1, 1), modified: MODIFIED - 1800 });

  it('is asked for again: another cache of ESI may have the new one', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), old, listingPage({ rows: contractRows(1, 2) }));

    expect(await idsOf(await client.publicContracts(REGION, { newest: at(MODIFIED) }))).toEqual([
      1, 2,
    ]);
  });

  it('ends as an error when there is no newer one', async () => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(MAX_ATTEMPTS, pathOf(1), old);

    const error = await failureOf(client.publicContracts(REGION, { newest: at(MODIFIED) }));

    expect(error).toBeInstanceOf(TornListingError);
    expect(error).toHaveProperty('message', expect.stringContaining('older'));
  });
});

describe('a listing of a time to come', () => {
  it('ends as an error', async () => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(MAX_ATTEMPTS, pathOf(1), listingPage({ modified: DAY }));

    expect(await failureOf(client.publicContracts(REGION))).toBeInstanceOf(TornListingError);
  });

  it('is none where only a 304 says so, and is asked for again', async () => {
    const { mock, client, clock } = new EsiHarness();
    const listing = listingPage({ rows: contractRows(1, 1) });
    mock.get(pathOf(1), listing);
    await client.publicContracts(REGION);
    await clock.advance(1_200_000);
    mock.get(pathOf(1), notModified({ modified: DAY }), listing);

    expect(await idsOf(await client.publicContracts(REGION, { complete: at(MODIFIED) }))).toEqual([
      1,
    ]);
  });
});

describe('the time of a listing', () => {
  it('is not that of a Date which is a day late', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(pathOf(1), listingPage({ date: DAY }));

    expect(await client.publicContracts(REGION)).toMatchObject({ servedAt: at(MODIFIED + 1800) });
  });

  it('is that of its making when it comes from the cache, whatever the clock here says', async () => {
    const { mock, client, clock } = new EsiHarness();
    mock.get(pathOf(1), listingPage({}));
    await client.publicContracts(REGION);
    await clock.advance(1_199_000);

    expect(await client.publicContracts(REGION)).toMatchObject({ servedAt: at(MODIFIED) });
    expect(mock.requests).toHaveLength(1);
  });
});
