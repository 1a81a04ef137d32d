import { describe, expect, it } from 'vitest';
import type { RegionState } from '../../src/database/tables/regions.ts';
import { EsiError } from '../../src/errors.ts';
import type { EsiClient } from '../../src/esi/client.ts';
import type { RegionChoice } from '../../src/model.ts';
import { chooseRegionIds, withStates } from '../../src/pass/choose-regions.ts';

const THE_FORGE = 10_000_002;
const DOMAIN = 10_000_043;
const NAMES: ReadonlyMap<number, string> = new Map([
  [THE_FORGE, 'The Forge'],
  [DOMAIN, 'Domain'],
]);

type Regions = Pick<EsiClient, 'regionIds' | 'regionNames'>;

/** ESI as far as regions go, with a record of what it was asked. */
class Esi {
  readonly asked: unknown[] = [];
  readonly client: EsiClient;

  constructor(names: ReadonlyMap<number, string> = NAMES) {
    const regions: Regions = {
      regionIds: async () => {
        this.asked.push('ids');
        return [...NAMES.keys()];
      },
      regionNames: async (regionIds) => {
        this.asked.push(regionIds);
        return new Map([...names].filter(([regionId]) => regionIds.includes(regionId)));
      },
    };
    this.client = regions as EsiClient;
  }
}

function storedRegion(regionId: number, name: string | null): RegionState {
  return {
    regionId,
    name,
    snapshotLastModified: new Date('2026-09-08T11:30:00Z'),
    listedContracts: 12,
    capped: true,
    checkedAt: new Date('2026-09-08T11:45:00Z'),
    heldBackLastModified: null,
  };
}

const STORED = [storedRegion(THE_FORGE, 'The Forge'), storedRegion(DOMAIN, 'Domain')];

async function chooseRegions(
  choice: RegionChoice,
  stored: readonly RegionState[],
  esi: EsiClient,
): Promise<RegionState[]> {
  const named = stored.filter(({ name }) => name !== null);
  const names = new Map(named.map(({ regionId, name }) => [regionId, name ?? '']));
  return withStates(await chooseRegionIds(choice, esi), { stored, names }, esi);
}

async function idsOf(choice: RegionChoice, stored: readonly RegionState[] = STORED) {
  const regions = await chooseRegions(choice, stored, new Esi().client);
  return regions.map(({ regionId }) => regionId);
}

describe('regions chosen by id', () => {
  it('stay in order, each once', async () => {
    expect(await idsOf([DOMAIN, THE_FORGE, DOMAIN])).toEqual([DOMAIN, THE_FORGE]);
  });

  it('come with what is stored of them, without asking ESI', async () => {
    const esi = new Esi();

    expect(await chooseRegions([DOMAIN], STORED, esi.client)).toEqual([STORED[1]]);
    expect(esi.asked).toEqual([]);
  });

  it('are new to the database with their name alone', async () => {
    expect(await chooseRegions([THE_FORGE], [], new Esi().client)).toEqual([
      {
        regionId: THE_FORGE,
        name: 'The Forge',
        snapshotLastModified: null,
        listedContracts: 0,
        capped: false,
        checkedAt: null,
        heldBackLastModified: null,
      },
    ]);
  });

  it('are asked for their names only where none is stored', async () => {
    const esi = new Esi();
    const nameless = storedRegion(DOMAIN, null);
    const stored = [storedRegion(THE_FORGE, 'The Forge'), nameless];

    const regions = await chooseRegions([THE_FORGE, DOMAIN], stored, esi.client);

    expect(esi.asked).toEqual([[DOMAIN]]);
    expect(regions[1]).toEqual({ ...nameless, name: 'Domain' });
  });

  it('go without a name when ESI tells none', async () => {
    const regions = await chooseRegions([THE_FORGE], [], new Esi(new Map()).client);

    expect(regions[0]).toMatchObject({ regionId: THE_FORGE, name: null });
  });
});

describe('all regions', () => {
  it('are those that ESI lists, stored or not', async () => {
    const [first] = STORED;
    const stored = first === undefined ? [] : [first];

    const regions = await chooseRegions('all', stored, new Esi().client);

    expect(regions.map(({ regionId }) => regionId)).toEqual([THE_FORGE, DOMAIN]);
    expect(regions[0]).toEqual(first);
    expect(regions[1]).toMatchObject({ name: 'Domain', snapshotLastModified: null });
  });

  it('are in work once each, although ESI lists one twice', async () => {
    const twice: Regions = {
      regionIds: async () => [THE_FORGE, DOMAIN, THE_FORGE],
      regionNames: async () => NAMES,
    };

    const regions = await chooseRegions('all', [], twice as EsiClient);

    expect(regions.map(({ regionId }) => regionId)).toEqual([THE_FORGE, DOMAIN]);
  });

  it('are an error when ESI does not tell them', async () => {
    const failing: Regions = {
      regionIds: () => Promise.reject(new EsiError('no answer')),
      regionNames: async () => new Map(),
    };

    await expect(chooseRegions('all', STORED, failing as EsiClient)).rejects.toThrow('no answer');
  });
});
