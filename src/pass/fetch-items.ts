import type { Clock } from '../clock.ts';
import { EsiDownError, EsiError, isFatal, OutOfTimeError } from '../errors.ts';
import type { EsiClient } from '../esi/client.ts';
import { TYPES_WITH_ITEMS } from '../model.ts';
import type { Progress } from '../terminal/progress.ts';
import { Batcher } from './batcher.ts';
import { BrokenRows } from './broken-rows.ts';
import { forEachConcurrently } from './concurrency.ts';
import {
  type AnsweredJob,
  type AnsweredParts,
  type ItemsJob,
  type ItemsOutcome,
  rowsOf,
  storeAnswered,
} from './store-contracts.ts';
import type { TypeCache } from './types/type-cache.ts';

/** A contract that answered so often without items is not asked for again (SPEC §5.5). */
export const MAX_ITEMS_ATTEMPTS = 3;

export interface FetchingParts extends AnsweredParts {
  readonly esi: Pick<EsiClient, 'contractItems'>;
  readonly types: Pick<TypeCache, 'expect' | 'resolve' | 'isResolved' | 'isShip'>;
  readonly progress: Progress;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  /** Aborted when the time limit has come: nothing new is begun. */
  readonly timeIsUp: AbortSignal;
  /** Rows of a transaction, about. */
  readonly batchRows: number;
  readonly esiConcurrency: number;
}

/** A pass may ask for hardly more than the contracts that answered so before. */
const TOLERATED_ANSWERS = 10;
const OLDEST_ANSWER_MS = 5000;
/** What no request was answered for. */
const WITHOUT_ANSWER: ReadonlySet<ItemsOutcome['kind']> = new Set(['none', 'stored', 'postponed']);
const POSTPONED: ItemsOutcome = { kind: 'postponed' };
const STORED: ItemsOutcome = { kind: 'stored' };

/**
 * Asks for the items of contracts and stores them in batches as they come.
 *
 * @returns the error by which ESI counted as down, when it did; the contracts left are pending
 * @throws EsiError when most of the answers cannot be read
 */
export async function fetchItems(
  regionId: number,
  jobs: Iterable<ItemsJob> | AsyncIterable<ItemsJob>,
  parts: FetchingParts,
): Promise<EsiDownError | undefined> {
  const { batchRows, esiConcurrency, progress } = parts;
  let downError: EsiDownError | undefined;
  const store = (batch: readonly AnsweredJob[]) => storeAnswered(batch, parts);
  const age = { clock: parts.clock, maxMs: OLDEST_ANSWER_MS };
  const batcher = new Batcher<AnsweredJob>(batchRows, rowsOf, store, age);
  const brokenItems = new BrokenRows(regionId, 'items', parts);
  let answers = 0;
  const answer = async (job: ItemsJob) => {
    const outcome = await findOutcome(job, parts).catch((error: unknown) => {
      if (!(error instanceof EsiDownError)) throw error;
      downError = error;
      return POSTPONED;
    });
    if (outcome.kind === 'broken') brokenItems.add(job.contractId, outcome.message);
    if (outcome.kind === 'broken' || outcome.kind === 'rows') answers += 1;
    await batcher.add({ job, outcome });
    progress.contractDone(regionId, !WITHOUT_ANSWER.has(outcome.kind));
  };
  try {
    await forEachConcurrently(jobs, esiConcurrency, answer).catch(async (error: unknown) => {
      // What has been fetched need not be fetched again.
      if (!isFatal(error)) await batcher.finish();
      throw error;
    });
    await batcher.finish();
    brokenItems.end(answers, TOLERATED_ANSWERS);
  } finally {
    await batcher.settled();
  }
  return downError;
}

async function findOutcome(job: ItemsJob, parts: FetchingParts): Promise<ItemsOutcome> {
  if (!TYPES_WITH_ITEMS.has(job.type)) return { kind: 'none' };
  if (job.hasItems) return STORED;
  if (parts.timeIsUp.aborted) {
    parts.report.ranOutOfTime = true;
    return POSTPONED;
  }
  try {
    const answer = await parts.esi.contractItems(job.contractId);
    if (answer.kind === 'rows') parts.types.expect(answer.rows.map(({ typeId }) => typeId));
    return answer;
  } catch (error) {
    if (error instanceof OutOfTimeError) {
      parts.report.ranOutOfTime = true;
      return POSTPONED;
    }
    if (!(error instanceof EsiError)) throw error;
    parts.report.fail({ contractId: job.contractId, message: error.message });
    const { contractId } = job;
    parts.logger.warn({ contractId, error }, 'items cannot be had; the contract stays pending');
    return POSTPONED;
  }
}
