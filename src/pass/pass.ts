import type { Config } from '../config/config.ts';
import { countShipContracts } from '../database/queries/ship-queries.ts';
import {
  findRegionNames,
  findRegions,
  type RegionState,
  saveRegions,
} from '../database/tables/regions.ts';
import type { EsiClient } from '../esi/client.ts';
import type { RegionChoice } from '../model.ts';
import { REGION_NAMES } from '../region-names.ts';
import { chooseRegionIds, withStates } from './choose-regions.ts';
import { allSettled } from './concurrency.ts';
import { enrich } from './enrich.ts';
import { findOutcomes, type OutcomesParts } from './outcomes/find-outcomes.ts';
import { reclassifyHistory, reclassifyOutstanding } from './reclassify.ts';
import { aggregateRegions, type RegionsParts } from './regions.ts';
import { DRY_RUN, type Store } from './store.ts';
import { type OpeningParts, openTypeCache } from './types/open-type-cache.ts';
import { refreshTypes } from './types/refresh-types.ts';

/** The settings that a pass works by. */
export type PassSettings = Pick<
  Config,
  | 'SHIP_GROUP_IDS'
  | 'TYPE_REFRESH_DAYS'
  | 'TYPE_REFRESH_LIMIT'
  | 'ENRICH_LIMIT'
  | 'AUCTION_BIDS'
  | 'OUTCOME_PROBES'
>;

/** What a pass works with: all that its stages need, but for what it finds out itself. */
export type PassParts = Omit<RegionsParts, 'types'> & OpeningParts & OutcomesParts;

/**
 * One pass: types first, since contracts are classified with them, then the regions, then what
 * changes of the past and what became of the contracts that ended; names and places last, since
 * nothing waits for them.
 *
 * @throws DatabaseError, LockLostError, EsiError when not even the regions can be had, or the
 *   reason of the signal
 */
export async function pass(
  parts: PassParts,
  settings: PassSettings,
  choice: RegionChoice,
): Promise<void> {
  const { store, report } = parts;
  const [types, regions] = await allSettled([
    openTypeCache(parts, settings.SHIP_GROUP_IDS),
    chooseRegions(parts, choice),
  ]);
  const regionIds = regions.map(({ regionId }) => regionId);
  try {
    await refreshTypes(
      { ...parts, types },
      settings.TYPE_REFRESH_DAYS,
      settings.TYPE_REFRESH_LIMIT,
    );
    await reclassifyOutstanding({ ...parts, types });
    await aggregateRegions(regions, { ...parts, types });
    await reclassifyHistory({ ...parts, types });
    // What a dry run would find out beside the contracts is not worth requests.
    if (store.runNumber !== DRY_RUN) {
      await findOutcomes(regionIds, parts, settings);
      await enrich(parts, settings);
    }
  } finally {
    await types.settled();
  }
  report.shipContracts = await countShipContracts(store.read, regionIds);
}

async function chooseRegions(
  { store, esi }: { readonly store: Store; readonly esi: EsiClient },
  choice: RegionChoice,
): Promise<readonly RegionState[]> {
  const stored = await findRegions(store.read);
  // A dry run meets a database that nothing was loaded into.
  const shipped = REGION_NAMES.map(({ id, name }) => [id, name] as const);
  const names = new Map([...shipped, ...(await findRegionNames(store.read))]);
  const states = await withStates(await chooseRegionIds(choice, esi), { stored, names }, esi);
  const known = new Set(stored.map(({ regionId }) => regionId));
  const added = states.filter(({ regionId }) => !known.has(regionId));
  // A region that cannot be had is known all the same, as one that was never read.
  if (added.length > 0) await store.write((sql) => saveRegions(sql, added));
  return states;
}
