import { expect, test } from 'vitest';
import { findRegions, type RegionState, saveRegions } from '../../src/database/region-store.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { DOMAIN, FIRST_SEEN, LATER, THE_FORGE } from './rows.ts';

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

  test('a database without regions finds none', async () => {
    expect(await findRegions(database())).toEqual([]);
  });
});
