import { expect, it } from 'vitest';
import type { AggregationParts } from '../../src/aggregation/aggregation-parts.ts';
import { fetchItems } from '../../src/aggregation/fetch-items.ts';
import type { ItemsJob } from '../../src/aggregation/store-contracts.ts';
import { systemClock } from '../../src/clock.ts';
import { DatabaseError } from '../../src/errors.ts';
import { silentProgress } from '../../src/progress.ts';
import { RunReport } from '../../src/report/run-report.ts';

const ANSWERED = 1;
const WAITING = 2;

function job(contractId: number): ItemsJob {
  return { contractId, type: 'item_exchange', listed: undefined, attempts: 0, hasItems: false };
}

it('a database that fails ends the wait for the items of other contracts', async () => {
  const failure = new DatabaseError('gone', { sqlState: '08006' });
  const stopper = new AbortController();
  const untilAborted = () =>
    new Promise<never>((_resolve, reject) => {
      stopper.signal.addEventListener('abort', () => reject(stopper.signal.reason));
    });
  const parts = {
    esi: {
      contractItems: async (contractId: number) =>
        contractId === WAITING ? untilAborted() : { kind: 'gone', expiresAt: new Date(0) },
    },
    transact: () => Promise.reject(failure),
    typeCache: { resolve: async () => undefined },
    report: new RunReport(),
    progress: silentProgress,
    clock: systemClock,
    timeIsUp: new AbortController().signal,
    stop: (reason: unknown) => stopper.abort(reason),
    batchRows: 1,
    esiConcurrency: 2,
  };

  const fetching = fetchItems([job(WAITING), job(ANSWERED)], parts as unknown as AggregationParts);

  await expect(fetching).rejects.toBe(failure);
});
