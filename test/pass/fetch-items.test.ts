import { expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Transact } from '../../src/database/database.ts';
import { DatabaseError, EsiDownError, EsiError } from '../../src/errors.ts';
import { type FetchingParts, fetchItems } from '../../src/pass/fetch-items.ts';
import { storeThatStops } from '../../src/pass/store.ts';
import type { ItemsJob } from '../../src/pass/store-contracts.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { silentProgress } from '../../src/terminal/progress.ts';
import { THE_FORGE } from '../database/tables/rows.ts';
import { settle } from '../esi/manual-clock.ts';
import { recordLog } from '../support/recorded-log.ts';

const ANSWERED = 1;
const WAITING = 2;
const RIFTER = 587;
const TRITANIUM = 34;

function job(contractId: number): ItemsJob {
  const unlisted = { listed: undefined, isBaseline: false };
  return { contractId, type: 'item_exchange', ...unlisted, attempts: 0, hasItems: false };
}

interface World {
  readonly contractItems: (contractId: number) => Promise<unknown>;
  readonly transact?: Transact;
}

function createWorld({ contractItems, transact }: World) {
  const stopper = new AbortController();
  const done: number[] = [];
  const expected: number[] = [];
  const sql = { query: async () => [], execute: async () => 0 };
  const write: Transact = transact ?? ((work) => work(sql));
  const parts = {
    esi: { contractItems },
    store: storeThatStops({ read: sql, write, runNumber: 1 }, (reason) => stopper.abort(reason)),
    types: {
      expect: (typeIds: Iterable<number>) => expected.push(...typeIds),
      resolve: async () => undefined,
      isResolved: () => false,
    },
    report: new RunReport(),
    progress: { ...silentProgress, contractDone: () => done.push(1) },
    clock: systemClock,
    timeIsUp: new AbortController().signal,
    logger: recordLog().logger,
    batchRows: 1,
    esiConcurrency: 2,
  };
  return { parts: parts as unknown as FetchingParts, stopper, done, expected };
}

async function* inTime(jobs: readonly ItemsJob[], failure?: Error): AsyncGenerator<ItemsJob> {
  for (const one of jobs) {
    await settle();
    yield one;
  }
  if (failure !== undefined) throw failure;
}

const gone = async () => ({ kind: 'gone', expiresAt: new Date(0) });

it('a database that fails ends the wait for the items of other contracts', async () => {
  const failure = new DatabaseError('gone', { sqlState: '08006' });
  const world = createWorld({
    contractItems: (contractId) => (contractId === WAITING ? untilAborted() : gone()),
    transact: () => Promise.reject(failure),
  });
  const { signal } = world.stopper;
  const untilAborted = () =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  await expect(fetchItems(THE_FORGE, [job(WAITING), job(ANSWERED)], world.parts)).rejects.toBe(
    failure,
  );
});

it('contracts that come in time are asked for as they come', async () => {
  const asked: number[] = [];
  const { parts, done } = createWorld({
    contractItems: async (contractId) => {
      asked.push(contractId);
      return gone();
    },
  });

  expect(await fetchItems(THE_FORGE, inTime([1, 2, 3].map(job)), parts)).toBeUndefined();

  expect(asked).toEqual([1, 2, 3]);
  expect(done).toHaveLength(3);
});

it('a failure of what tells the contracts fails, with what came before stored', async () => {
  const failure = new EsiError('torn');
  let writes = 0;
  const { parts } = createWorld({
    contractItems: gone,
    transact: (work) => {
      writes += 1;
      return work({ query: async () => [], execute: async () => 0 });
    },
  });

  await expect(fetchItems(THE_FORGE, inTime([job(1), job(2)], failure), parts)).rejects.toBe(
    failure,
  );
  expect(writes).toBe(2);
});

it('an ESI that is down leaves every contract pending, and is told', async () => {
  const down = new EsiDownError('down');
  const { parts, done } = createWorld({ contractItems: () => Promise.reject(down) });

  expect(await fetchItems(THE_FORGE, inTime([1, 2, 3].map(job)), parts)).toBe(down);

  expect(done).toHaveLength(3);
  expect(parts.report.contracts.pending).toBe(3);
});

it('types are expected as soon as the items are there', async () => {
  const items = [RIFTER, TRITANIUM].map((typeId) => ({ typeId }));
  const { parts, expected } = createWorld({
    contractItems: async () => ({ kind: 'rows', rows: items }),
  });

  await fetchItems(THE_FORGE, [job(ANSWERED)], parts);

  expect(expected).toEqual([RIFTER, TRITANIUM]);
});

it('only what a request was answered for counts as asked', async () => {
  const asked: boolean[] = [];
  const contractDone = (_regionId: number, wasAsked: boolean) => void asked.push(wasAsked);
  const { parts } = createWorld({ contractItems: gone });
  const progress = { ...silentProgress, contractDone };

  await fetchItems(THE_FORGE, [job(ANSWERED), { ...job(1), type: 'courier' }], {
    ...parts,
    progress,
  });
  await fetchItems(THE_FORGE, [job(WAITING)], {
    ...parts,
    progress,
    timeIsUp: AbortSignal.abort(),
  });

  expect(asked.toSorted()).toEqual([false, false, true]);
});
