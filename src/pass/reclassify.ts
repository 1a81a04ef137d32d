import type { Clock } from '../clock.ts';
import {
  contractsWithItems,
  holdersAfter,
  outstandingHoldersOf,
  type StoredWithItems,
} from '../database/tables/contract-items.ts';
import { updateClassification } from '../database/tables/contract-results.ts';
import {
  type CachedType,
  cachedTypes,
  markShips,
  setHistory,
  waitingHistory,
} from '../database/tables/types.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import { classifyImported } from './classify-imported.ts';
import { classifyContract } from './ships/classify-contract.ts';
import { DRY_RUN, type Store } from './store.ts';
import type { TypeCache } from './types/type-cache.ts';

/** What ended contracts may cost a run; the rest is left to the next ones. */
const HISTORY_BUDGET_MS = 20_000;
/** Contracts that are looked at before the run may stop. */
const HISTORY_SLICE = 20_000;

interface ReclassifyParts {
  readonly store: Store;
  readonly types: Pick<TypeCache, 'resolve' | 'isResolved' | 'isShip'>;
  readonly report: Pick<RunReport, 'ranOutOfTime'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly signal: AbortSignal;
  readonly timeIsUp: AbortSignal;
  /** Contracts of a transaction. */
  readonly batchRows: number;
  readonly logger: Logger;
}

/**
 * Brings the flags of outstanding contracts to the current ship groups and types, from the database
 * alone. Each type remembers whether contracts were classified with it as a ship; only contracts that
 * hold a type for which this has changed are looked at. A run that ends on the way leaves all of it
 * to the next.
 *
 * @throws the signal's reason
 */
export async function reclassifyOutstanding(parts: ReclassifyParts): Promise<void> {
  const { store, types } = parts;
  const changes = changedTypes(await cachedTypes(store.read), types.isShip);
  if (changes.length === 0) return;
  const typeIds = changes.map(({ typeId }) => typeId);
  const holders = await outstandingHoldersOf(store.read, typeIds);
  for (const batch of batchesOf(holders, parts.batchRows)) {
    if (isOutOfTime(parts)) return;
    const rows = await classified(batch, parts);
    await store.write((sql) => updateClassification(sql, rows, store.runNumber));
  }
  await store.write((sql) => markShips(sql, changes));
  const counts = { types: changes.length, contracts: holders.length };
  parts.logger.info(counts, 'outstanding contracts reclassified');
}

/**
 * The same for contracts that have ended, slice by slice, as long as a run may spend on the past. How
 * far it came is stored with each slice, and the next run goes on from there.
 *
 * @throws the signal's reason
 */
export async function reclassifyHistory(parts: ReclassifyParts): Promise<void> {
  const { store, clock, logger } = parts;
  const { types: waiting, hasUnclassified } = await waitingHistory(store.read);
  // What a dry run would find out of the past is not worth requests.
  if (hasUnclassified && store.runNumber !== DRY_RUN) await classifyImported(parts);
  if (waiting.length === 0) return;
  const typeIds = waiting.map(({ typeId }) => typeId);
  const endMs = clock.monotonicMs() + HISTORY_BUDGET_MS;
  let afterId: number | null = Math.min(...waiting.map(({ historyAfter }) => historyAfter));
  while (afterId !== null && clock.monotonicMs() < endMs && !isOutOfTime(parts)) {
    afterId = await reclassifySlice(typeIds, afterId, parts);
  }
  const state = afterId === null ? 'ended contracts reclassified' : 'more ended contracts to come';
  logger.info({ types: waiting.length, afterId }, state);
}

/** The types for which the answer to "is it a ship?" is not that of the last classification. */
export function changedTypes(
  stored: readonly CachedType[],
  isShip: (typeId: number) => boolean,
): { typeId: number; isShip: boolean }[] {
  return stored
    .filter((type) => isShip(type.typeId) !== type.isShip)
    .map(({ typeId, isShip: wasShip }) => ({ typeId, isShip: !wasShip }));
}

/** @returns the last contract that was looked at; null when there are no more */
async function reclassifySlice(
  typeIds: readonly number[],
  afterId: number,
  parts: ReclassifyParts,
): Promise<number | null> {
  const { store, batchRows } = parts;
  const slice = await holdersAfter(store.read, typeIds, afterId, HISTORY_SLICE);
  for (const batch of batchesOf(slice.holders, batchRows)) {
    const rows = await classified(batch, parts);
    await store.write((sql) => updateClassification(sql, rows, store.runNumber));
  }
  await store.write((sql) => setHistory(sql, typeIds, slice.lastId));
  return slice.lastId;
}

async function classified(contractIds: readonly number[], { store, types }: ReclassifyParts) {
  const contracts = await contractsWithItems(store.read, contractIds);
  await types.resolve(contracts.flatMap(({ items }) => items.map(({ typeId }) => typeId)));
  return contracts.map(({ contractId, type, items }: StoredWithItems) => ({
    contractId,
    ...classifyContract(type, items, types.isShip),
  }));
}

/** @throws the signal's reason */
function isOutOfTime({ signal, timeIsUp, report }: ReclassifyParts): boolean {
  signal.throwIfAborted();
  if (timeIsUp.aborted) report.ranOutOfTime = true;
  return timeIsUp.aborted;
}

function* batchesOf(ids: readonly number[], size: number): Iterable<readonly number[]> {
  for (let start = 0; start < ids.length; start += size) yield ids.slice(start, start + size);
}
