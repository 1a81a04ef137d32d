import { describe, expect, it } from 'vitest';
import type { SqlExecutor, Transact } from '../../src/database/database.ts';
import type { RegionState } from '../../src/database/tables/regions.ts';
import { DatabaseError, EsiError } from '../../src/errors.ts';
import type { EsiClient } from '../../src/esi/client.ts';
import type { StoredSnapshots } from '../../src/esi/listing.ts';
import { aggregateRegions, type RegionsParts } from '../../src/pass/regions.ts';
import { storeThatStops } from '../../src/pass/store.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { silentProgress } from '../../src/terminal/progress.ts';
import { NOW } from '../esi/esi-harness.ts';
import { ManualClock } from '../esi/manual-clock.ts';
import { recordLog } from '../support/recorded-log.ts';

const FAILING = 10_000_001;
const WAITING = 10_000_002;
const SNAPSHOT = new Date('2026-09-08T11:50:00Z');

function newRegion(regionId: number, overrides: Partial<RegionState> = {}): RegionState {
  return {
    regionId,
    name: null,
    snapshotLastModified: null,
    listedContracts: 0,
    capped: false,
    checkedAt: null,
    heldBackLastModified: null,
    ...overrides,
  };
}

function knownRegion(regionId: number, listedContracts: number): RegionState {
  return newRegion(regionId, { listedContracts, snapshotLastModified: SNAPSHOT });
}

interface World {
  readonly publicContracts: EsiClient['publicContracts'];
  /** Region, outstanding contracts, whether items are still to be had. */
  readonly standings?: readonly (readonly [number, number, boolean])[];
  readonly execute?: () => Promise<number>;
}

/** One write of unchanged regions, as the arrays that are sent. */
interface SavedBatch {
  readonly regionIds: string;
  readonly checkedAt: string;
}

/** A pass over a fake ESI and a database that tells of nothing but standings. */
function createWorld({ publicContracts, standings = [], execute }: World) {
  const stopper = new AbortController();
  const report = new RunReport();
  const queries: string[] = [];
  const saved: SavedBatch[] = [];
  const query = async (sql: string) => {
    queries.push(sql);
    return [{ rows: JSON.stringify(sql.includes('has_backlog') ? standings : []) }];
  };
  const transact = ((work) => {
    const save = async (_sql: string, ...arrays: readonly unknown[]) => {
      saved.push({ regionIds: String(arrays[0]), checkedAt: String(arrays[5]) });
      return 0;
    };
    return work({ query: async () => [], execute: execute ?? save });
  }) satisfies Transact;
  const parts = {
    esi: { publicContracts },
    store: storeThatStops(
      {
        read: { query, execute: async () => 0 } as unknown as SqlExecutor,
        write: transact,
        runNumber: 1,
      },
      (reason) => stopper.abort(reason),
    ),
    clock: new ManualClock(NOW),
    report,
    progress: silentProgress,
    logger: recordLog().logger,
    signal: stopper.signal,
    timeIsUp: new AbortController().signal,
    batchRows: 100,
    regionConcurrency: 2,
    esiConcurrency: 2,
  };
  return { parts: parts as unknown as RegionsParts, report, stopper, queries, saved };
}

const unchanged: EsiClient['publicContracts'] = async () => ({
  kind: 'unchanged',
  lastModified: SNAPSHOT,
});

/** A pass of which one region fails, while another waits for ESI until the signal ends it. */
function worldWith(failure: Error) {
  const world: ReturnType<typeof createWorld> = createWorld({
    publicContracts: (regionId) =>
      regionId === WAITING
        ? untilAborted()
        : world.parts.store.write(() => Promise.reject(failure)),
  });
  const { signal } = world.stopper;
  const untilAborted = () =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return world;
}

describe('a failure', () => {
  it('of the database ends the pass, and nobody waits for the other regions', async () => {
    const failure = new DatabaseError('gone', { sqlState: '08006' });
    const { parts, report } = worldWith(failure);

    await expect(aggregateRegions([newRegion(WAITING), newRegion(FAILING)], parts)).rejects.toBe(
      failure,
    );
    expect(report.regions).toMatchObject({ total: 2, succeeded: 0, failed: 0 });
  });

  it('of a region is reported, and the others go on', async () => {
    const { parts, report, stopper } = worldWith(new EsiError('no answer'));

    await aggregateRegions([newRegion(FAILING), newRegion(FAILING + 10)], parts);

    expect(stopper.signal.aborted).toBe(false);
    expect(report.regions).toMatchObject({ total: 2, succeeded: 0, failed: 2 });
    expect(report.failures.map(({ regionId }) => regionId)).toEqual([FAILING, FAILING + 10]);
  });

  it('of the writing of unchanged regions ends the pass', async () => {
    const failure = new DatabaseError('gone', { sqlState: '08006' });
    const execute = () => Promise.reject(failure);
    const { parts } = createWorld({ publicContracts: unchanged, execute });

    await expect(aggregateRegions([newRegion(1)], parts)).rejects.toBe(failure);
  });
});

describe('regions that are unchanged', () => {
  it('cost one question and one write between them', async () => {
    const { parts, report, queries, saved } = createWorld({ publicContracts: unchanged });
    const regions = [1, 2, 3].map((regionId) => newRegion(regionId));

    await aggregateRegions(regions, parts);

    expect(queries).toHaveLength(1);
    const now = `"${NOW.toISOString()}"`;
    expect(saved).toEqual([{ regionIds: '{1,2,3}', checkedAt: `{${now},${now},${now}}` }]);
    expect(report.regions).toMatchObject({ total: 3, succeeded: 3, unchanged: 3, failed: 0 });
  });

  it('are written although other regions fail', async () => {
    const { parts, saved } = createWorld({
      publicContracts: (regionId, known) =>
        regionId === FAILING
          ? Promise.reject(new EsiError('no answer'))
          : unchanged(regionId, known),
    });

    await aggregateRegions([newRegion(1), newRegion(FAILING), newRegion(2)], parts);

    expect(saved.map(({ regionIds }) => regionIds)).toEqual(['{1,2}']);
  });

  it('are asked for their backlog only where there is one', async () => {
    const { parts, queries } = createWorld({
      publicContracts: unchanged,
      standings: [
        [1, 5, false],
        [2, 5, true],
      ],
    });

    await aggregateRegions([knownRegion(1, 5), knownRegion(2, 5)], parts);

    expect(queries).toHaveLength(2);
  });
});

it('only a snapshot whose contracts are all stored is taken for complete', async () => {
  const known = new Map<number, StoredSnapshots | undefined>();
  const { parts } = createWorld({
    publicContracts: (regionId, snapshot) => {
      known.set(regionId, snapshot);
      return unchanged(regionId, snapshot);
    },
    standings: [
      [1, 10, false],
      [2, 11, false],
      [3, 9, false],
      [5, 10, false],
    ],
  });
  const regions = [1, 2, 3, 4].map((regionId) => knownRegion(regionId, 10));

  await aggregateRegions([...regions, newRegion(5), knownRegion(6, 0)], parts);

  expect(known).toEqual(
    new Map([
      [1, { newest: SNAPSHOT, complete: SNAPSHOT }],
      [2, { newest: SNAPSHOT, complete: SNAPSHOT }],
      [3, { newest: SNAPSHOT }],
      [4, { newest: SNAPSHOT }],
      [5, {}],
      [6, { newest: SNAPSHOT, complete: SNAPSHOT }],
    ]),
  );
});
