import { expect, test } from 'vitest';
import { standingsOf } from '../../../src/database/tables/contract-results.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import {
  findRegions,
  type RegionState,
  saveRegions,
} from '../../../src/database/tables/regions.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, FIRST_SEEN, LATER, newContract, RUN, THE_FORGE } from './rows.ts';

function forge(overrides: Partial<RegionState> = {}): RegionState {
  return {
    regionId: THE_FORGE,
    name: 'The Forge',
    snapshotLastModified: FIRST_SEEN,
    listedContracts: 35_000,
    capped: true,
    checkedAt: LATER,
    heldBackLastModified: FIRST_SEEN,
    ...overrides,
  };
}

onEachDatabase('regions', (database) => {
  test('a region comes back as it was saved', async () => {
    await saveRegions(database(), [forge()]);
    expect(await findRegions(database())).toEqual([forge()]);
  });

  test('what is not known of a region is null', async () => {
    const fresh = forge({
      name: null,
      snapshotLastModified: null,
      listedContracts: 0,
      capped: false,
      checkedAt: null,
      heldBackLastModified: null,
    });
    await saveRegions(database(), [fresh]);
    expect(await findRegions(database())).toEqual([fresh]);
  });

  test('a saved region follows the last listing, in every column', async () => {
    await saveRegions(database(), [forge()]);
    const next = forge({
      name: 'The Forge again',
      snapshotLastModified: LATER,
      listedContracts: 7,
      capped: false,
      checkedAt: null,
      heldBackLastModified: null,
    });
    await saveRegions(database(), [next]);
    expect(await findRegions(database())).toEqual([next]);
  });

  test('a name once known stays when it cannot be had', async () => {
    await saveRegions(database(), [forge()]);
    await saveRegions(database(), [forge({ name: null, capped: false })]);
    expect(await findRegions(database())).toEqual([forge({ capped: false })]);
  });

  test('regions come in the order of their ids', async () => {
    await saveRegions(database(), [forge({ regionId: DOMAIN }), forge()]);
    const regions = await findRegions(database());
    expect(regions.map(({ regionId }) => regionId)).toEqual([THE_FORGE, DOMAIN]);
  });

  test('regions saved together each follow their own listing', async () => {
    const domain = forge({ regionId: DOMAIN, name: 'Domain', snapshotLastModified: null });
    await saveRegions(database(), [forge(), domain]);
    const next = [
      forge({ checkedAt: FIRST_SEEN, capped: false }),
      { ...domain, name: null, listedContracts: 1 },
    ];
    await saveRegions(database(), next);
    expect(await findRegions(database())).toEqual([next[0], { ...next[1], name: 'Domain' }]);
  });

  test('times come back to the millisecond', async () => {
    const checkedAt = new Date('2026-02-28T23:59:59.987Z');
    await saveRegions(database(), [forge({ checkedAt })]);
    expect(await findRegions(database())).toEqual([forge({ checkedAt })]);
  });

  test('a database without regions finds none', async () => {
    expect(await findRegions(database())).toEqual([]);
  });
});

onEachDatabase('what is stored of regions', (database) => {
  test('is nothing without outstanding contracts', async () => {
    await saveRegions(database(), [forge()]);
    await insertContracts(database(), [newContract({ contractId: 1 })]);
    await endContracts(database(), THE_FORGE, [{ contractId: 1, status: 'expired' }], LATER, RUN);
    expect(await standingsOf(database(), LATER, 3)).toEqual(new Map());
  });

  test('counts the outstanding contracts of each, also of a region that was never saved', async () => {
    await saveRegions(database(), [forge()]);
    await insertContracts(database(), [
      newContract({ contractId: 1, itemsStatus: 'fetched' }),
      newContract({ contractId: 2, itemsStatus: 'none' }),
      newContract({ contractId: 3 }),
      newContract({ contractId: 4, regionId: DOMAIN, itemsStatus: 'pending' }),
    ]);
    await endContracts(database(), THE_FORGE, [{ contractId: 3, status: 'closed' }], LATER, RUN);
    expect(await standingsOf(database(), LATER, 3)).toEqual(
      new Map([
        [THE_FORGE, { outstanding: 2, hasBacklog: false }],
        [DOMAIN, { outstanding: 1, hasBacklog: true }],
      ]),
    );
  });

  test('tells of a backlog by a single contract among others', async () => {
    await insertContracts(database(), [
      newContract({ contractId: 1, itemsStatus: 'fetched' }),
      newContract({ contractId: 2, itemsStatus: 'unavailable', itemsRetryAt: LATER }),
    ]);
    const before = new Date(LATER.getTime() - 1);
    expect(await standingsOf(database(), before, 3)).toEqual(
      new Map([[THE_FORGE, { outstanding: 2, hasBacklog: false }]]),
    );
    expect(await standingsOf(database(), LATER, 3)).toEqual(
      new Map([[THE_FORGE, { outstanding: 2, hasBacklog: true }]]),
    );
  });
});
