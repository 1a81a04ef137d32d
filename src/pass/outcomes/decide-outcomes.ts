import type { Clock } from '../../clock.ts';
import {
  type OutcomeProgress,
  readProgress,
  saveProgress,
} from '../../database/tables/outcome-progress.ts';
import {
  type EndedContract,
  endedAfter,
  endedContracts,
  likeSuccessors,
  sameItemSuccessors,
  undecidedSince,
  updateOutcomes,
} from '../../database/tables/outcomes.ts';
import type { Evidence, Successor, Verdict } from '../../outcome.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { Logger } from '../../terminal/logging.ts';
import type { Store } from '../store.ts';
import { assignLike } from './assign-like.ts';
import { decideOutcome, RULES_VERSION } from './decide-outcome.ts';

/** What contracts of before may cost a run; the rest is left to the next ones. */
const HISTORY_BUDGET_MS = 20_000;

export interface DecidingParts {
  readonly store: Store;
  readonly report: Pick<RunReport, 'outcomes' | 'probingMs' | 'ranOutOfTime'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly signal: AbortSignal;
  readonly timeIsUp: AbortSignal;
  /** Contracts of a transaction. */
  readonly batchRows: number;
  readonly logger: Logger;
  /** Whether runs may ask ESI what became of contracts. */
  readonly mayProbe: boolean;
}

/**
 * Decides what became of the contracts that ended since the last decision, and of those before them
 * that have a successor now. A run that ended on the way leaves the rest to the next.
 *
 * @returns how far the outcomes have come
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function decideOutcomes(parts: DecidingParts): Promise<OutcomeProgress> {
  const { store } = parts;
  const progress = (await readProgress(store.read)) ?? nothingDecided(store.runNumber);
  const { hasChanges, contractIds } = await undecidedSince(store.read, progress.decidedThrough);
  await decideContracts(contractIds, parts);
  const isNewRule = progress.rulesVersion !== RULES_VERSION;
  const next: OutcomeProgress = {
    ...progress,
    rulesVersion: RULES_VERSION,
    decidedThrough: hasChanges || isNewRule ? store.runNumber : progress.decidedThrough,
    historyAfter: isNewRule ? 0 : progress.historyAfter,
  };
  if (hasChanges || isNewRule) await store.write((sql) => saveProgress(sql, next));
  return next.historyAfter === null ? next : decideHistory(next, next.historyAfter, parts);
}

/** Contracts of before the first decision are history, decided little by little. */
function nothingDecided(runNumber: number): OutcomeProgress {
  const before = runNumber - 1;
  return { rulesVersion: 0, decidedThrough: before, historyAfter: 0, pricedThrough: before };
}

/** Contracts that ended before the rules became what they are, slice by slice. */
async function decideHistory(
  progress: OutcomeProgress,
  afterId: number,
  parts: DecidingParts,
): Promise<OutcomeProgress> {
  const { store, clock, batchRows, logger } = parts;
  const endMs = clock.monotonicMs() + HISTORY_BUDGET_MS;
  let lastId: number | null = afterId;
  while (lastId !== null && clock.monotonicMs() < endMs && !isOutOfTime(parts)) {
    const contractIds: readonly number[] = await endedAfter(store.read, lastId, batchRows);
    await decideContracts(contractIds, parts);
    const historyAfter: number | null = contractIds.at(-1) ?? null;
    await store.write((sql) => saveProgress(sql, { ...progress, historyAfter }));
    lastId = historyAfter;
  }
  if (lastId !== null) logger.info({ afterId: lastId }, 'more ended contracts to decide');
  return { ...progress, historyAfter: lastId };
}

/** Decides contracts anew, from all that is stored of them. Those that are open are passed over. */
export async function decideContracts(
  contractIds: readonly number[],
  parts: Pick<DecidingParts, 'store' | 'report' | 'batchRows' | 'mayProbe' | 'signal'>,
): Promise<void> {
  for (let start = 0; start < contractIds.length; start += parts.batchRows) {
    parts.signal.throwIfAborted();
    await decideBatch(contractIds.slice(start, start + parts.batchRows), parts);
  }
}

async function decideBatch(
  contractIds: readonly number[],
  { store, report, mayProbe }: Pick<DecidingParts, 'store' | 'report' | 'mayProbe'>,
): Promise<void> {
  const ended = await endedContracts(store.read, contractIds);
  const successors = await findSuccessors(ended, store);
  const decided = ended.flatMap((stored) => {
    const verdict = decideOutcome(observationOf(stored, successors, mayProbe));
    return verdict === undefined ? [] : [{ contractId: stored.contractId, stored, verdict }];
  });
  await store.write((sql) => updateOutcomes(sql, decided, store.runNumber));
  for (const { stored, verdict } of decided) countVerdict(stored, verdict, report.outcomes);
}

/** By an item's id before likeness; each contract follows one like it at most. */
async function findSuccessors(
  ended: readonly EndedContract[],
  { read }: Store,
): Promise<ReadonlyMap<number, Successor>> {
  const ids = ended.filter(({ type }) => type !== 'courier').map(({ contractId }) => contractId);
  if (ids.length === 0) return new Map();
  const same = await sameItemSuccessors(read, ids);
  const successors = new Map(same.map(({ contractId, successor }) => [contractId, successor]));
  const others = ids.filter((contractId) => !successors.has(contractId));
  const taken = new Set(same.map(({ successor }) => successor.contractId));
  for (const pair of assignLike(await likeSuccessors(read, others), taken)) {
    successors.set(pair.contractId, pair.successor);
  }
  return successors;
}

function observationOf(
  { evidence, outcome, ...contract }: EndedContract,
  successors: ReadonlyMap<number, Successor>,
  mayProbe: boolean,
) {
  const wasDecided = outcome !== null;
  return {
    ...contract,
    probe: evidence?.probe ?? null,
    // A verdict is never taken back because its successor was deleted since.
    successor: successors.get(contract.contractId) ?? storedSuccessor(evidence),
    isArchived: evidence?.source === 'everef',
    mayProbe: wasDecided ? evidence?.probes !== 'off' : mayProbe,
  };
}

function storedSuccessor(evidence: Partial<Evidence> | null): Successor | null {
  const { successorId, successorBy, successorPrice = null } = evidence ?? {};
  if (successorId === undefined || successorBy === undefined) return null;
  return { contractId: successorId, by: successorBy, price: successorPrice };
}

function countVerdict(
  { outcome }: EndedContract,
  verdict: Verdict,
  outcomes: RunReport['outcomes'],
): void {
  if (verdict.outcome === outcome) return;
  if (outcome === null) outcomes.decided += 1;
  else outcomes.revised += 1;
}

/** @throws the signal's reason */
function isOutOfTime({ signal, timeIsUp, report }: DecidingParts): boolean {
  signal.throwIfAborted();
  if (timeIsUp.aborted) report.ranOutOfTime = true;
  return timeIsUp.aborted;
}
