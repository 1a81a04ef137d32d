import type { Clock } from '../clock.ts';
import { contractsWithItems } from '../database/tables/contract-items.ts';
import { updateResults } from '../database/tables/contract-results.ts';
import { unclassifiedAfter } from '../database/tables/imported-contracts.ts';
import type { RunReport } from '../report/run-report.ts';
import { decideResult } from './decide-result.ts';
import type { Store } from './store.ts';
import type { TypeCache } from './types/type-cache.ts';

/** What contracts of the past may cost a run; the rest is left to the next ones. */
const BUDGET_MS = 20_000;
/** Contracts of a transaction. */
const SLICE = 1000;

interface ClassifyParts {
  readonly store: Store;
  readonly types: Pick<TypeCache, 'resolve' | 'isResolved' | 'isShip'>;
  readonly report: Pick<RunReport, 'ranOutOfTime'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly signal: AbortSignal;
  readonly timeIsUp: AbortSignal;
}

/**
 * Classifies contracts that archives brought and that have ended: their types are asked of ESI now.
 * Those that are outstanding have their turn with their region.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function classifyImported(parts: ClassifyParts): Promise<void> {
  const { store, types, clock, signal, timeIsUp, report } = parts;
  const endMs = clock.monotonicMs() + BUDGET_MS;
  let lastId = 0;
  while (clock.monotonicMs() < endMs) {
    signal.throwIfAborted();
    const contractIds = await unclassifiedAfter(store.read, lastId, SLICE);
    const last = contractIds.at(-1);
    if (last === undefined) return;
    if (timeIsUp.aborted) {
      report.ranOutOfTime = true;
      return;
    }
    const contracts = await contractsWithItems(store.read, contractIds);
    await types.resolve(contracts.flatMap(({ items }) => items.map(({ typeId }) => typeId)));
    const results = contracts.map(({ contractId, type, items: rows }) => ({
      contractId,
      ...decideResult(type, { kind: 'rows', rows }, 0, types, clock.now()).result,
    }));
    const known = results.filter(({ itemsStatus }) => itemsStatus === 'fetched');
    await store.write((sql) => updateResults(sql, known, store.runNumber));
    lastId = last;
  }
}
