import {
  type ContractOfRegion,
  compareListed,
  type Verdict,
} from '../database/tables/contracts.ts';
import type { ListingSnapshot } from '../esi/listing.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import type { Progress } from '../terminal/progress.ts';
import { BrokenRows } from './broken-rows.ts';
import { readAhead } from './concurrency.ts';
import type { Store } from './store.ts';
import { type ItemsJob, storeChanged } from './store-contracts.ts';

/** In a quiet region a few poisoned contracts may be most of its rows, for weeks. */
const TOLERATED_ROWS = 2;

export interface JobsParts {
  readonly store: Store;
  readonly report: RunReport;
  readonly logger: Logger;
  readonly progress: Progress;
  /** Rows of a transaction, about. */
  readonly batchRows: number;
}

/** A region whose listing is read. */
export interface ReadRegion {
  readonly regionId: number;
  /** For the first time, or the first time after a gap of a day. */
  readonly isFirst: boolean;
}

/**
 * The contracts of a listing whose items are to be had: those of the backlog, then the new ones,
 * page by page. What is stored and differs is brought up to date on the way. The next page is
 * compared while the items of the last are fetched, and more than two are never in memory.
 *
 * @throws EsiError at the end of a listing most of whose rows cannot be read
 */
export async function* itemsJobs(
  region: ReadRegion,
  listing: ListingSnapshot,
  backlog: readonly ItemsJob[],
  parts: JobsParts,
): AsyncGenerator<ItemsJob> {
  yield* backlog;
  let jobsOfAll = backlog.length;
  for await (const jobs of readAhead(newJobs(region, listing, parts))) {
    jobsOfAll += jobs.length;
    yield* jobs;
  }
  parts.progress.expect(region.regionId, jobsOfAll);
}

async function* newJobs(
  { regionId, isFirst }: ReadRegion,
  listing: ListingSnapshot,
  parts: JobsParts,
): AsyncGenerator<ItemsJob[]> {
  const brokenRows = new BrokenRows(regionId, 'listed row', parts);
  brokenRows.addUnreadable(listing.unreadableRows);
  for await (const { contracts, brokenIds } of listing.rows()) {
    for (const contractId of brokenIds) brokenRows.add(contractId);
    const listed = contracts.map((contract) => ({ ...contract, regionId }));
    const added = await compareAndUpdate(listed, parts);
    yield added.map((contract) => toNewJob(contract, isFirst));
  }
  brokenRows.end(listing.listedIds.size + listing.unreadableRows, TOLERATED_ROWS);
}

/** Stores what came back or changed. @returns what is new */
async function compareAndUpdate(
  listed: readonly ContractOfRegion[],
  parts: JobsParts,
): Promise<ContractOfRegion[]> {
  const verdicts = await compareListed(parts.store.read, listed);
  await storeChanged(withVerdict(listed, verdicts, 'changed', 'reopened'), parts);
  countVerdicts(verdicts, parts.report);
  return withVerdict(listed, verdicts, 'new');
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

function toNewJob(listed: ContractOfRegion, isBaseline: boolean): ItemsJob {
  const { contractId, type } = listed;
  return { contractId, type, listed, isBaseline, attempts: 0, hasItems: false };
}

function countVerdicts(verdicts: ReadonlyMap<number, Verdict>, { contracts }: RunReport): void {
  for (const verdict of verdicts.values()) {
    if (verdict === 'changed') contracts.updated += 1;
    if (verdict === 'reopened') contracts.reopened += 1;
  }
}
