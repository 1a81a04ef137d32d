import type { Clock } from '../clock.ts';
import { countShips } from '../database/tables/contract-results.ts';
import { closeContracts, keepLastListed } from '../database/tables/contracts.ts';
import { type RegionState, saveRegions } from '../database/tables/regions.ts';
import type { ListingSnapshot } from '../esi/listing.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import { isHeldBack, type ListingDiff, type Vanished } from './diff-listing.ts';
import type { Store } from './store.ts';

export interface ClosingParts {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: RunReport;
  readonly logger: Logger;
}

/** Closes what vanished and records the snapshot, in one transaction: no region is half-closed. */
export async function closeVanished(
  state: RegionState,
  listing: ListingSnapshot,
  diff: ListingDiff,
  { store, clock, report, logger }: ClosingParts,
): Promise<void> {
  const { regionId } = state;
  const heldBack = isHeldBack(diff, listing.lastModified, state.heldBackLastModified);
  const vanished = heldBack ? [] : diff.vanished;
  const vanishedIds = vanished.map(({ contractId }) => contractId);
  const goneShipContracts = await countShips(store.read, vanishedIds);
  report.goneShipContracts += goneShipContracts;
  if (heldBack) logger.warn({ regionId, missing: diff.vanished.length }, 'closing is held back');
  const isReflected = !heldBack && !listing.hasShifted && listing.unreadableRows === 0;
  const listedContracts = listing.listedIds.size + listing.unreadableRows;
  const next: RegionState = {
    ...state,
    snapshotLastModified: isReflected ? listing.lastModified : state.snapshotLastModified,
    heldBackLastModified: heldBack ? (state.heldBackLastModified ?? listing.lastModified) : null,
    listedContracts,
    capped: listing.isCapped,
    checkedAt: clock.now(),
  };
  const closing = {
    regionId,
    lastReflected: state.snapshotLastModified,
    now: clock.now(),
    runNumber: store.runNumber,
  };
  await store.write(async (sql) => {
    await closeContracts(sql, vanished, closing);
    if (isReflected) await keepLastListed(sql, diff.cutOffIds, closing);
    await saveRegions(sql, [next]);
  });
  countVanished(vanished, report);
  report.contracts.listed += listedContracts;
}

function countVanished(vanished: readonly Vanished[], { contracts }: RunReport): void {
  for (const { status } of vanished) contracts[status] += 1;
}
