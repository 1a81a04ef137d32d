import {
  backlogOf,
  type ContractOfRegion,
  closeContracts,
  compareListed,
  countOutstanding,
  countShips,
  outstandingOf,
  type Verdict,
} from '../database/contract-store.ts';
import { type RegionState, saveRegion } from '../database/region-store.ts';
import type { ListingSnapshot } from '../esi/listing.ts';
import type { AggregationParts } from './aggregation-parts.ts';
import { diffListing, isHeldBack, type ListingDiff, type Vanished } from './diff-listing.ts';
import { fetchItems } from './fetch-items.ts';
import { type ItemsJob, storeChanged } from './store-contracts.ts';

/** Contracts compared with the database in one statement. */
const COMPARED_AT_ONCE = 1000;
/** A contract that answered so often without items is not asked for again (SPEC §5.5). */
const MAX_ITEMS_ATTEMPTS = 3;

/**
 * Brings one region's stored contracts to its current listing.
 *
 * @throws EsiError when the listing cannot be had; EsiDownError when ESI went down on the way
 */
export async function aggregateRegion(state: RegionState, parts: AggregationParts): Promise<void> {
  const { esi, database, report } = parts;
  const { regionId } = state;
  const known = await storedSnapshot(state, parts);
  const listing = await esi.publicContracts(regionId, known);
  const backlog = await findBacklog(regionId, parts);
  if (listing.kind === 'unchanged') {
    const downError = await fetchItems(backlog, parts);
    await saveUnchanged({ ...state, snapshotLastModified: listing.lastModified }, parts);
    if (downError) throw downError;
    return;
  }
  reportBrokenRows(regionId, listing, parts);
  const listed = listing.contracts.map((contract) => ({ regionId, ...contract }));
  const verdicts = await compare(listed, parts);
  const outstanding = await outstandingOf(database, regionId);
  const diff = diffListing(outstanding, { ...listing, listedIds: listedIdsOf(listing) });
  await storeChanged(withVerdict(listed, verdicts, 'changed', 'reopened'), parts);
  const gone = new Set(diff.vanished.map(({ contractId }) => contractId));
  const jobs = [
    ...backlog.filter(({ contractId }) => !gone.has(contractId)),
    ...withVerdict(listed, verdicts, 'new').map(toNewJob),
  ];
  const downError = await fetchItems(jobs, parts);
  await closeVanished(state, listing, diff, parts);
  countVerdicts(verdicts, report);
  if (downError) throw downError;
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

/** Closes what vanished and records the snapshot, in one transaction: no region is half-closed. */
async function closeVanished(
  state: RegionState,
  listing: ListingSnapshot,
  diff: ListingDiff,
  { database, transact, clock, report, logger }: AggregationParts,
): Promise<void> {
  const { regionId } = state;
  const heldBack = isHeldBack(diff, listing.lastModified, state.heldBackLastModified);
  const vanished = heldBack ? [] : diff.vanished;
  report.goneShipContracts += await countShips(
    database,
    vanished.map(({ contractId }) => contractId),
  );
  if (heldBack) logger.warn({ regionId, missing: diff.vanished.length }, 'closing is held back');
  const isReflected = !heldBack && !listing.hasShifted;
  const listedContracts = listedIdsOf(listing).size + listing.unreadableRows;
  const next: RegionState = {
    ...state,
    snapshotLastModified: isReflected ? listing.lastModified : state.snapshotLastModified,
    heldBackLastModified: heldBack ? (state.heldBackLastModified ?? listing.lastModified) : null,
    listedContracts,
    capped: listing.isCapped,
    checkedAt: clock.now(),
  };
  await transact(async (sql) => {
    await closeContracts(sql, regionId, vanished, clock.now());
    await saveRegion(sql, next);
  });
  countVanished(vanished, report);
  report.contracts.listed += listedContracts;
}

async function saveUnchanged(state: RegionState, parts: AggregationParts): Promise<void> {
  const { clock, report, transact } = parts;
  await transact((sql) => saveRegion(sql, { ...state, checkedAt: clock.now() }));
  report.regions.unchanged += 1;
  report.contracts.listed += state.listedContracts;
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

function listedIdsOf({ contracts, brokenIds }: ListingSnapshot): ReadonlySet<number> {
  return new Set([...contracts.map(({ contractId }) => contractId), ...brokenIds]);
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

function countVanished(
  vanished: readonly Vanished[],
  { contracts }: AggregationParts['report'],
): void {
  for (const { status } of vanished) contracts[status] += 1;
}
