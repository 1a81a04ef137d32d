import { DAY_MS } from '../clock.ts';
import type { RegionStanding } from '../database/tables/contract-results.ts';
import { backlogOf } from '../database/tables/contract-results.ts';
import { outstandingOf } from '../database/tables/contracts.ts';
import type { RegionState } from '../database/tables/regions.ts';
import type { EsiDownError } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import type { ListingSnapshot, StoredSnapshots, UnchangedListing } from '../esi/listing.ts';
import type { Batcher } from './batcher.ts';
import { type ClosingParts, closeVanished } from './close-vanished.ts';
import { diffListing, type ListingDiff } from './diff-listing.ts';
import { type FetchingParts, fetchItems, MAX_ITEMS_ATTEMPTS } from './fetch-items.ts';
import { itemsJobs, type JobsParts } from './items-jobs.ts';
import type { ItemsJob } from './store-contracts.ts';

/** What the stages of a region need together. */
export interface RegionParts extends FetchingParts, JobsParts, ClosingParts {
  readonly esi: Pick<EsiClient, 'publicContracts' | 'contractItems'>;
  readonly clock: FetchingParts['clock'];
  /** What the pass found stored of each region when it began. */
  readonly standings: ReadonlyMap<number, RegionStanding>;
  /** Takes regions of which nothing but their time is to be written. */
  readonly unchangedRegions: Pick<Batcher<RegionState>, 'add'>;
}

/**
 * Brings one region's stored contracts to its current listing.
 *
 * @throws EsiError when the listing cannot be had, or most of it cannot be read; EsiDownError when ESI went down on the way, with
 *   everything stored that could be had before
 */
export async function aggregateRegion(state: RegionState, parts: RegionParts): Promise<void> {
  const listing = await parts.esi.publicContracts(state.regionId, storedSnapshots(state, parts));
  const downError =
    listing.kind === 'unchanged'
      ? await keepUnchanged(state, listing, parts)
      : await applySnapshot(state, listing, parts);
  if (downError) throw downError;
}

/** After a gap of a day, too: what is new then did not all appear a moment ago. */
function isFirstReading({ checkedAt }: RegionState, now: Date): boolean {
  return checkedAt === null || now.getTime() - checkedAt.getTime() > DAY_MS;
}

/** Only items that could not be had before are asked for. */
async function keepUnchanged(
  state: RegionState,
  { lastModified }: UnchangedListing,
  parts: RegionParts,
): Promise<EsiDownError | undefined> {
  const { clock, report, unchangedRegions, progress } = parts;
  const backlog = await findBacklog(state.regionId, parts);
  progress.expect(state.regionId, backlog.length);
  const downError = await fetchItems(state.regionId, backlog, parts);
  const next = { ...state, snapshotLastModified: lastModified, checkedAt: clock.now() };
  await unchangedRegions.add(next);
  report.regions.unchanged += 1;
  report.contracts.listed += state.listedContracts;
  return downError;
}

async function applySnapshot(
  state: RegionState,
  listing: ListingSnapshot,
  parts: RegionParts,
): Promise<EsiDownError | undefined> {
  const { regionId } = state;
  const outstanding = await findOutstanding(regionId, parts);
  const diff = diffListing(outstanding, listing);
  const backlog = stillListed(await findBacklog(regionId, parts), diff);
  const added = [...listing.listedIds].filter((contractId) => !outstanding.has(contractId));
  // A few of them may have been stored before, and come back.
  parts.progress.expect(regionId, backlog.length + added.length);
  const region = { regionId, isFirst: isFirstReading(state, parts.clock.now()) };
  const downError = await fetchItems(regionId, itemsJobs(region, listing, backlog, parts), parts);
  await closeVanished(state, listing, diff, parts);
  return downError;
}

/** What the database holds, completely or not; never the cache's word alone (SPEC §5.9). */
function storedSnapshots(
  { regionId, snapshotLastModified, listedContracts }: RegionState,
  { standings }: Pick<RegionParts, 'standings'>,
): StoredSnapshots {
  if (snapshotLastModified === null) return {};
  const outstanding = standings.get(regionId)?.outstanding ?? 0;
  const isComplete = outstanding >= listedContracts;
  return { newest: snapshotLastModified, ...(isComplete && { complete: snapshotLastModified }) };
}

/** A region that had nothing stored costs no question. */
async function findOutstanding(
  regionId: number,
  { store, standings }: Pick<RegionParts, 'store' | 'standings'>,
): Promise<ReadonlyMap<number, number>> {
  return standings.has(regionId) ? outstandingOf(store.read, regionId) : new Map();
}

async function findBacklog(
  regionId: number,
  { store, clock, standings }: Pick<RegionParts, 'store' | 'clock' | 'standings'>,
): Promise<ItemsJob[]> {
  if (standings.get(regionId)?.hasBacklog !== true) return [];
  const backlog = await backlogOf(store.read, regionId, clock.now(), MAX_ITEMS_ATTEMPTS);
  return backlog.map(({ itemsAttempts, ...contract }) => ({
    ...contract,
    attempts: itemsAttempts,
    listed: undefined,
    isBaseline: false,
  }));
}

function stillListed(backlog: readonly ItemsJob[], { vanished }: ListingDiff): ItemsJob[] {
  const gone = new Set(vanished.map(({ contractId }) => contractId));
  return backlog.filter(({ contractId }) => !gone.has(contractId));
}
