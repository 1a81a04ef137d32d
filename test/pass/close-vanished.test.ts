import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { insertContracts, outstandingOf } from '../../src/database/tables/contracts.ts';
import { findRegions, type RegionState } from '../../src/database/tables/regions.ts';
import type { ListingSnapshot } from '../../src/esi/listing.ts';
import { closeVanished } from '../../src/pass/close-vanished.ts';
import { diffListing } from '../../src/pass/diff-listing.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { newContract, RUN, storedContract, THE_FORGE } from '../database/tables/rows.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onEachDatabase } from '../support/use-database.ts';

const [FIRST, CUT_OFF, WHOLE] = ['11:00', '11:30', '12:00'].map(
  (time) => new Date(`2026-09-08T${time}:00Z`),
) as [Date, Date, Date];

function listingOf(
  lastModified: Date,
  ids: readonly number[],
  facts: Partial<ListingSnapshot> = {},
): ListingSnapshot {
  return {
    kind: 'snapshot',
    lastModified,
    servedAt: lastModified,
    listedIds: new Set(ids),
    unreadableRows: 0,
    hasShifted: false,
    isCapped: false,
    isOpenEnded: false,
    async *rows() {},
    ...facts,
  };
}

async function apply(database: Database, listing: ListingSnapshot): Promise<void> {
  const [stored] = await findRegions(database);
  const state: RegionState = stored ?? {
    regionId: THE_FORGE,
    name: null,
    snapshotLastModified: null,
    listedContracts: 0,
    capped: false,
    checkedAt: null,
    heldBackLastModified: null,
  };
  const diff = diffListing(await outstandingOf(database, THE_FORGE), listing);
  await closeVanished(state, listing, diff, {
    store: { read: database, write: database.transact, runNumber: RUN },
    clock: { now: () => listing.servedAt },
    report: new RunReport(),
    logger: recordLog().logger,
  });
}

onEachDatabase('closing what vanished', (database) => {
  test.each([
    { shape: 'cut off before it', facts: { isCapped: true, isOpenEnded: true } },
    { shape: 'torn', facts: { hasShifted: true } },
    { shape: 'not readable as a whole', facts: { unreadableRows: 1 } },
  ])('a listing that was $shape is not taken for the last that showed it', async ({ facts }) => {
    await insertContracts(
      database(),
      [1, 9].map((contractId) => newContract({ contractId })),
    );
    await apply(database(), listingOf(FIRST, [1, 9]));
    await apply(database(), listingOf(CUT_OFF, [1], facts));
    await apply(database(), listingOf(WHOLE, [1]));

    expect(await storedContract(database(), 9)).toMatchObject({
      status: 'closed',
      ended_after: '2026-09-08T11:00:00+00:00',
      ended_before: '2026-09-08T12:00:00+00:00',
    });
  });
});
