import type { ArchivedContract } from '../archive/archive-rows.ts';
import { closeContracts, compareListed, keepLastListed } from '../database/tables/contracts.ts';
import {
  endedOpenEnds,
  markMissed,
  markSource,
  outstandingEnds,
  type RegionReach,
  saveReach,
  setEnds,
} from '../database/tables/imported-contracts.ts';
import { storeChanged } from '../pass/store-contracts.ts';
import type { ImportParts } from './import-parts.ts';
import { findEnds, type RegionEnds } from './region-ends.ts';
import type { RegionMode } from './region-mode.ts';

/** A region as one archive shows it. */
export interface ArchivedRegion {
  readonly regionId: number;
  /** Last-Modified of its listing. */
  readonly listedAt: Date;
  readonly contracts: readonly ArchivedContract[];
  /** Contracts of the archive, of whatever region, that cannot be read. */
  readonly brokenIds: ReadonlySet<number>;
  /** Rows of the archive whose ids nobody can read. */
  readonly unreadableRows: number;
  readonly reach: RegionReach;
  readonly mode: RegionMode;
}

/** Finds what a listing of an archive tells of contracts that are stored; new ones were stored before. */
export async function importRegion(region: ArchivedRegion, parts: ImportParts): Promise<void> {
  const { mode, regionId, listedAt } = region;
  if (mode.kind === 'old') return;
  if (mode.kind === 'newer') await storeShown(region, parts);
  const ids = region.contracts.map(({ contractId }) => contractId);
  const listedIds = new Set([...ids, ...region.brokenIds]);
  const open = await (mode.kind === 'newer' ? outstandingEnds : endedOpenEnds)(
    parts.store.read,
    regionId,
  );
  const ends = findEnds(open, { ...region, listedIds });
  if (ends.isDoubtful) {
    parts.logger.warn(
      { regionId, listedAt },
      'the archive lacks most of a region: nothing ends by it',
    );
    return;
  }
  await (mode.kind === 'newer' ? closeGone : settleGone)(region, ends, parts);
  for (const { status } of ends.gone) parts.report.contracts[status] += 1;
}

/** What is shown again, or with other values. */
async function storeShown({ contracts }: ArchivedRegion, parts: ImportParts): Promise<void> {
  const verdicts = await compareListed(parts.store.read, contracts);
  const changed = contracts.filter(({ contractId }) => {
    const verdict = verdicts.get(contractId);
    return verdict === 'changed' || verdict === 'reopened';
  });
  await storeChanged(changed, parts);
  parts.report.contracts.updated += changed.length;
}

async function closeGone(
  { regionId, listedAt, reach }: ArchivedRegion,
  { gone, missed }: RegionEnds,
  { store }: ImportParts,
): Promise<void> {
  const { runNumber } = store;
  const closing = { regionId, lastReflected: reach.snapshot, now: listedAt, runNumber };
  const ended = gone.map((end) => ({ ...end, endedBefore: listedAt }));
  const missedIds = missed.map(({ contractId }) => contractId);
  await store.write(async (sql) => {
    await closeContracts(sql, ended, closing);
    await markSource(sql, gone);
    await keepLastListed(sql, missedIds, closing);
    await saveReach(sql, regionId, 'archive', listedAt);
  });
}

async function settleGone(
  { regionId, listedAt, reach }: ArchivedRegion,
  { gone, missed, shown }: RegionEnds,
  { store }: ImportParts,
): Promise<void> {
  await store.write(async (sql) => {
    await setEnds(sql, gone, listedAt, store.runNumber);
    await markSource(sql, gone);
    if (reach.history !== null) await markMissed(sql, missed, shown, reach.history);
    await saveReach(sql, regionId, 'history', listedAt);
  });
}
