import type { Clock } from '../clock.ts';
import {
  contractsWithItems,
  type ItemsOfContract,
  insertItems,
} from '../database/tables/contract-items.ts';
import { type ResultOfContract, updateResults } from '../database/tables/contract-results.ts';
import {
  type ContractOfRegion,
  insertContracts,
  type NewContract,
  updateListed,
} from '../database/tables/contracts.ts';
import { keepProbes } from '../database/tables/probes.ts';
import { DatabaseError } from '../errors.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import { type Decision, decideResult, type KnownOutcome } from './decide-result.ts';
import type { Store } from './store.ts';
import type { TypeCache } from './types/type-cache.ts';

/** What writing contracts needs. */
export interface WritingParts {
  readonly store: Store;
  readonly report: RunReport;
  readonly logger: Logger;
}

export interface AnsweredParts extends WritingParts {
  readonly types: Pick<TypeCache, 'resolve' | 'isResolved' | 'isShip'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** A contract whose items are to be stored: new, with its listing, or stored before. */
export interface ItemsJob {
  readonly contractId: number;
  readonly type: string;
  /** Undefined for a contract that is stored already. */
  readonly listed: ContractOfRegion | undefined;
  /** It was there when its region was first read, or first read after a gap of a day. */
  readonly isBaseline: boolean;
  readonly attempts: number;
  /** The items are stored; only a type was missing. */
  readonly hasItems: boolean;
}

/** How asking for a contract's items went. */
export type ItemsOutcome =
  | KnownOutcome
  /** The database has them; only a type was missing. */
  | { readonly kind: 'stored' };

export interface AnsweredJob<Outcome = ItemsOutcome> {
  readonly job: ItemsJob;
  readonly outcome: Outcome;
}

interface DecidedJob {
  readonly job: ItemsJob;
  readonly decision: Decision;
}

/** Rows that an answered job writes. */
export function rowsOf({ outcome }: AnsweredJob): number {
  return 1 + (outcome.kind === 'rows' ? outcome.rows.length : 0);
}

/** Resolves the types of a batch, classifies its contracts, and stores contract, items and flags together. */
export async function storeAnswered(
  batch: readonly AnsweredJob[],
  parts: AnsweredParts,
): Promise<void> {
  const { types, clock } = parts;
  const answered = await withStoredItems(batch, parts);
  await types.resolve(typeIdsOf(answered));
  const now = clock.now();
  const decided = answered.map(({ job, outcome }) => ({
    job,
    decision: decideResult(job.type, outcome, job.attempts, types, now),
  }));
  await inHalves(decided, parts, (half) => writeDecided(half, parts, now));
}

/** One question for all: each of its own would wait for one of a few connections. */
async function withStoredItems(
  batch: readonly AnsweredJob[],
  { store }: AnsweredParts,
): Promise<AnsweredJob<KnownOutcome>[]> {
  const wanted = batch.filter(({ outcome }) => outcome.kind === 'stored');
  const contractIds = wanted.map(({ job }) => job.contractId);
  const stored = wanted.length === 0 ? [] : await contractsWithItems(store.read, contractIds);
  const items = new Map(stored.map((contract) => [contract.contractId, contract.items]));
  return batch.map(({ job, outcome }) => {
    if (outcome.kind !== 'stored') return { job, outcome };
    const rows = items.get(job.contractId);
    return { job, outcome: rows === undefined ? { kind: 'postponed' } : { kind: 'rows', rows } };
  });
}

function typeIdsOf(batch: readonly AnsweredJob<KnownOutcome>[]): ReadonlySet<number> {
  const typeIds = new Set<number>();
  for (const { outcome } of batch) {
    if (outcome.kind === 'rows') for (const { typeId } of outcome.rows) typeIds.add(typeId);
  }
  return typeIds;
}

/** Stores listed contracts that came back or changed. */
export async function storeChanged(
  contracts: readonly ContractOfRegion[],
  parts: WritingParts & { readonly batchRows: number },
): Promise<void> {
  for (let start = 0; start < contracts.length; start += parts.batchRows) {
    const batch = contracts.slice(start, start + parts.batchRows).map((listed) => ({ listed }));
    await inHalves(batch, parts, async (half) => {
      const rows = half.map(({ listed }) => listed);
      const { write, runNumber } = parts.store;
      await write((sql) => updateListed(sql, rows, runNumber));
    });
  }
}

async function writeDecided(
  decided: readonly DecidedJob[],
  parts: WritingParts,
  now: Date,
): Promise<void> {
  const { write, runNumber } = parts.store;
  const first = { firstSeenAt: now, listedIn: runNumber, changedIn: runNumber };
  const added: NewContract[] = [];
  const results: ResultOfContract[] = [];
  const contents: ItemsOfContract[] = [];
  const probes = decided.flatMap(({ job: { contractId }, decision: { probe } }) =>
    probe === undefined ? [] : [{ contractId, probe }],
  );
  for (const { job, decision } of decided) {
    const { contractId, listed, isBaseline } = job;
    const { result, items } = decision;
    if (listed === undefined) results.push({ contractId, ...result });
    else added.push({ ...listed, ...result, ...first, isBaseline });
    if (!job.hasItems && items.length > 0) contents.push({ contractId, items });
  }
  await write(async (sql) => {
    await insertContracts(sql, added);
    await updateResults(sql, results, runNumber);
    await insertItems(sql, contents);
    await keepProbes(sql, probes, runNumber);
  });
  countStored(decided, parts);
}

function countStored(decided: readonly DecidedJob[], { report }: WritingParts): void {
  for (const { job, decision } of decided) {
    const { result, items } = decision;
    if (!job.hasItems) report.items.inserted += items.length;
    if (job.listed !== undefined) report.contracts.inserted += 1;
    if (result.itemsStatus === 'pending') report.contracts.pending += 1;
    if (result.itemsStatus === 'unavailable') report.contracts.unavailable += 1;
    if (result.isShipContract) report.newShipContracts += 1;
  }
}

/**
 * Writes a batch; where the database refuses a value, the halves, until the broken contract is
 * alone and can be skipped. A poisoned row never costs its neighbours.
 */
export async function inHalves<T extends { listed: ContractOfRegion } | { job: ItemsJob }>(
  batch: readonly T[],
  parts: Pick<WritingParts, 'report' | 'logger'>,
  write: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  try {
    await write(batch);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !error.isDataFault) throw error;
    const [first] = batch;
    if (first !== undefined && batch.length === 1) return skip(contractIdOf(first), error, parts);
    const middle = Math.ceil(batch.length / 2);
    await inHalves(batch.slice(0, middle), parts, write);
    await inHalves(batch.slice(middle), parts, write);
  }
}

function contractIdOf(element: { listed: ContractOfRegion } | { job: ItemsJob }): number {
  return 'job' in element ? element.job.contractId : element.listed.contractId;
}

function skip(
  contractId: number,
  error: Error,
  { report, logger }: Pick<WritingParts, 'report' | 'logger'>,
): void {
  report.contracts.skipped += 1;
  report.fail({ contractId, message: error.message });
  logger.error({ contractId, error }, 'contract skipped: the database refuses it');
}
