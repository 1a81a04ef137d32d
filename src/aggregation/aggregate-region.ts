import {
  backlogOf,
  type ContractOfRegion,
  compareListed,
  countOutstanding,
  outstandingOf,
  type Verdict,
} from '../database/contract-store.ts';
import { type RegionState, saveRegion } from '../database/region-store.ts';
import type { EsiDownError } from '../errors.ts';
import type { ListingSnapshot, UnchangedListing } from '../esi/listing.ts';
import type { AggregationParts } from './aggregation-parts.ts';
import { closeVanished, listedIdsOf } from './close-vanished.ts';
import { diffListing, type ListingDiff } from './diff-listing.ts';
import { fetchItems } from './fetch-items.ts';
import { type ItemsJob, storeChanged } from './store-contracts.ts';

/** Contracts compared with the database in one statement. */
const COMPARED_AT_ONCE = 1000;
/** A contract that answered so often without items is not asked for again (SPEC §5.5). */
const MAX_ITEMS_ATTEMPTS = 3;

/**
 * Brings one region's stored contracts to its current listing.
 *
 * @throws EsiError when the listing cannot be had; EsiDownError when ESI went down on the way, with
 *   everything stored that could be had before
 */
export async function aggregateRegion(state: RegionState, parts: AggregationParts): Promise<void> {
  const known = await storedSnapshot(state, parts);
  const listing = await parts.esi.publicContracts(state.regionId, known);
  const downError =
    listing.kind === 'unchanged'
      ? await keepUnchanged(state, listing, parts)
      : await applySnapshot(state, listing, parts);
  if (downError) throw downError;
}

/** Only items that could not be had before are asked for. */
async function keepUnchanged(
  state: RegionState,
  { lastModified }: UnchangedListing,
  parts: AggregationParts,
): Promise<EsiDownError | undefined> {
  const { clock, report, transact } = parts;
  const downError = await fetchItems(await findBacklog(state.regionId, parts), parts);
  const next = { ...state, snapshotLastModified: lastModified, checkedAt: clock.now() };
  await transact((sql) => saveRegion(sql, next));
  report.regions.unchanged += 1;
  report.contracts.listed += state.listedContracts;
  return downError;
}

async function applySnapshot(
  state: RegionState,
  listing: ListingSnapshot,
  parts: AggregationParts,
): Promise<EsiDownError | undefined> {
  const { regionId } = state;
  reportBrokenRows(regionId, listing, parts);
  const listed = listing.contracts.map((contract) => ({ regionId, ...contract }));
  const verdicts = await compare(listed, parts);
  const backlog = await findBacklog(regionId, parts);
  const outstanding = await outstandingOf(parts.database, regionId);
  const diff = diffListing(outstanding, { ...listing, listedIds: listedIdsOf(listing) });
  await storeChanged(withVerdict(listed, verdicts, 'changed', 'reopened'), parts);
  countVerdicts(verdicts, parts.report);
  const added = withVerdict(listed, verdicts, 'new').map(toNewJob);
  const downError = await fetchItems([...stillListed(backlog, diff), ...added], parts);
  await closeVanished(state, listing, diff, parts);
  return downError;
}

/** The snapshot that the database holds completely; never the cache's word alone (SPEC §5.9). */
async function storedSnapshot(
  { regionId, snapshotLastModified, listedContracts }: RegionState,
  { database }: AggregationParts,
): Promise<Date | undefined> {
  if (snapshotLastModified === null) return undefined;
  const stored = await countOutstanding(database, regionId);
  return stored >= listedContracts ? snapshotLastModified : undefined;
}

async function findBacklog(regionId: number, parts: AggregationParts): Promise<ItemsJob[]> {
  const { database, clock } = parts;
  const backlog = await backlogOf(database, regionId, clock.now(), MAX_ITEMS_ATTEMPTS);
  return backlog.map(({ itemsAttempts, ...contract }) => ({
    ...contract,
    attempts: itemsAttempts,
    listed: undefined,
  }));
}

async function compare(
  listed: readonly ContractOfRegion[],
  { database }: AggregationParts,
): Promise<ReadonlyMap<number, Verdict>> {
  const verdicts = new Map<number, Verdict>();
  for (let start = 0; start < listed.length; start += COMPARED_AT_ONCE) {
    const batch = listed.slice(start, start + COMPARED_AT_ONCE);
    for (const [id, verdict] of await compareListed(database, batch)) verdicts.set(id, verdict);
  }
  return verdicts;
}

function reportBrokenRows(
  regionId: number,
  { brokenIds, unreadableRows }: ListingSnapshot,
  { report, logger }: AggregationParts,
): void {
  report.contracts.skipped += brokenIds.length + unreadableRows;
  for (const contractId of brokenIds) {
    report.fail({ regionId, contractId, message: 'the listed row cannot be read' });
    logger.error({ regionId, contractId }, 'contract skipped: its row cannot be read');
  }
  if (unreadableRows === 0) return;
  report.fail({ regionId, message: `${unreadableRows} listed rows have no readable id` });
  logger.error({ regionId, unreadableRows }, 'rows without a readable id skipped');
}

function withVerdict(
  listed: readonly ContractOfRegion[],
  verdicts: ReadonlyMap<number, Verdict>,
  ...wanted: readonly Verdict[]
): ContractOfRegion[] {
  return listed.filter(({ contractId }) => {
    const verdict = verdicts.get(contractId);
    return verdict !== undefined && wanted.includes(verdict);
  });
}

function stillListed(backlog: readonly ItemsJob[], { vanished }: ListingDiff): ItemsJob[] {
  const gone = new Set(vanished.map(({ contractId }) => contractId));
  return backlog.filter(({ contractId }) => !gone.has(contractId));
}

function toNewJob(listed: ContractOfRegion): ItemsJob {
  const { contractId, type } = listed;
  return { contractId, type, listed, attempts: 0, hasItems: false };
}

function countVerdicts(
  verdicts: ReadonlyMap<number, Verdict>,
  { contracts }: AggregationParts['report'],
): void {
  for (const verdict of verdicts.values()) {
    if (verdict === 'changed') contracts.updated += 1;
    if (verdict === 'reopened') contracts.reopened += 1;
  }
}
