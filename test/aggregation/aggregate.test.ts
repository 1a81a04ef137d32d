import { expect, it } from 'vitest';
import { aggregate } from '../../src/aggregation/aggregate.ts';
import type { AggregationParts } from '../../src/aggregation/aggregation-parts.ts';
import type { RegionState } from '../../src/database/region-store.ts';
import { DatabaseError, EsiError } from '../../src/errors.ts';
import { createLogger } from '../../src/logging.ts';
import { silentProgress } from '../../src/progress.ts';
import { RunReport } from '../../src/report/run-report.ts';

const FAILING = 10_000_001;
const WAITING = 10_000_002;

function newRegion(regionId: number): RegionState {
  return {
    regionId,
    name: null,
    snapshotLastModified: null,
    listedContracts: 0,
    capped: false,
    checkedAt: null,
    heldBackLastModified: null,
  };
}

/** A pass of which one region fails, while another waits for ESI until the signal ends it. */
function partsWith(failure: Error) {
  const stopper = new AbortController();
  const report = new RunReport();
  const untilAborted = () =>
    new Promise<never>((_resolve, reject) => {
      stopper.signal.addEventListener('abort', () => reject(stopper.signal.reason));
    });
  const parts = {
    esi: {
      publicContracts: (regionId: number) =>
        regionId === WAITING ? untilAborted() : Promise.reject(failure),
    },
    report,
    progress: silentProgress,
    logger: createLogger({
      level: 'silent',
      runId: 'run',
      pretty: false,
      secrets: [],
      write: () => undefined,
    }),
    signal: stopper.signal,
    timeIsUp: new AbortController().signal,
    stop: (reason: unknown) => stopper.abort(reason),
    regionConcurrency: 2,
  };
  return { parts: parts as unknown as AggregationParts, report, stopper };
}

it('a database that fails ends the pass, and nobody waits for the other regions', async () => {
  const failure = new DatabaseError('gone', { sqlState: '08006' });
  const { parts, report } = partsWith(failure);

  await expect(aggregate([newRegion(WAITING), newRegion(FAILING)], parts)).rejects.toBe(failure);
  expect(report.regions).toMatchObject({ total: 2, succeeded: 0, failed: 0 });
});

it('a region that fails is reported, and the others go on', async () => {
  const { parts, report, stopper } = partsWith(new EsiError('no answer'));

  await aggregate([newRegion(FAILING), newRegion(FAILING + 10)], parts);

  expect(stopper.signal.aborted).toBe(false);
  expect(report.regions).toMatchObject({ total: 2, succeeded: 0, failed: 2 });
  expect(report.failures.map(({ regionId }) => regionId)).toEqual([FAILING, FAILING + 10]);
});
