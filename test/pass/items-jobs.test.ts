import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { insertContracts } from '../../src/database/tables/contracts.ts';
import { DatabaseError, EsiError } from '../../src/errors.ts';
import type { ListingSnapshot } from '../../src/esi/listing.ts';
import type { ListedRows } from '../../src/esi/snapshot.ts';
import type { PublicContract } from '../../src/model.ts';
import { itemsJobs, type JobsParts } from '../../src/pass/items-jobs.ts';
import { storeThatStops } from '../../src/pass/store.ts';
import type { ItemsJob } from '../../src/pass/store-contracts.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { silentProgress } from '../../src/terminal/progress.ts';
import {
  LATER,
  listedContract,
  newContract,
  RUN,
  storedContract,
  THE_FORGE,
} from '../database/tables/rows.ts';
import { failureOf } from '../esi/esi-harness.ts';
import { settle } from '../esi/manual-clock.ts';
import { endContracts } from '../support/end-contracts.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onEachDatabase } from '../support/use-database.ts';

const REGION = { regionId: THE_FORGE, isFirst: true };

const BACKLOG: ItemsJob = {
  contractId: 99,
  type: 'auction',
  listed: undefined,
  isBaseline: false,
  attempts: 1,
  hasItems: false,
};

function listed(contractId: number, overrides: Partial<PublicContract> = {}): PublicContract {
  const { regionId: _, ...contract } = listedContract({ contractId, ...overrides });
  return contract;
}

function page(ids: readonly number[], brokenIds: readonly number[] = []): ListedRows {
  return { contracts: ids.map((contractId) => listed(contractId)), brokenIds };
}

/** A listing that notes which pages it was asked for; it can fail after its last. */
function listingOf(pages: readonly ListedRows[], facts: { failure?: Error } = {}) {
  const read: number[] = [];
  const rows = async function* () {
    for (const [index, rows] of pages.entries()) {
      read.push(index + 1);
      yield rows;
    }
    if (facts.failure !== undefined) throw facts.failure;
  };
  const idsOfPage = ({ contracts, brokenIds }: ListedRows) => [
    ...contracts.map(({ contractId }) => contractId),
    ...brokenIds,
  ];
  const listing = { rows, unreadableRows: 0, listedIds: new Set(pages.flatMap(idsOfPage)) };
  return { listing: listing as unknown as ListingSnapshot, read };
}

/** What the jobs are made with, over a real database. */
function partsOver(database: Pick<Database, 'query' | 'execute' | 'transact'>) {
  const report = new RunReport();
  const log = recordLog();
  const expected: [regionId: number, contracts: number][] = [];
  const stopped: unknown[] = [];
  const parts: JobsParts = {
    store: storeThatStops({ read: database, write: database.transact, runNumber: RUN }, (reason) =>
      stopped.push(reason),
    ),
    report,
    logger: log.logger,
    progress: {
      ...silentProgress,
      expect: (regionId: number, count: number) => expected.push([regionId, count]),
    },
    batchRows: 2,
  };
  return {
    parts,
    report,
    lines: log.lines,
    expected,
    stopped,
  };
}

async function idsOf(jobs: AsyncIterable<ItemsJob>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { contractId } of jobs) ids.push(contractId);
  return ids;
}

function findsJobs(database: () => Database): void {
  test('are the backlog, then the new contracts page by page, with their listing', async () => {
    const { parts, expected } = partsOver(database());
    const { listing } = listingOf([page([3, 1]), page([]), page([2])]);
    const jobs: ItemsJob[] = [];
    for await (const job of itemsJobs(REGION, listing, [BACKLOG], parts)) jobs.push(job);
    const newJob = (contractId: number) => ({
      contractId,
      type: 'item_exchange',
      listed: { ...listed(contractId), regionId: THE_FORGE },
      isBaseline: true,
      attempts: 0,
      hasItems: false,
    });
    expect(jobs).toEqual([BACKLOG, newJob(3), newJob(1), newJob(2)]);
    expect(expected).toEqual([[THE_FORGE, 4]]);
  });

  test('leave out what is stored; what came back or changed is stored on the way', async () => {
    await insertContracts(
      database(),
      [1, 2, 3, 4].map((contractId) => newContract({ contractId })),
    );
    await endContracts(database(), THE_FORGE, [{ contractId: 2, status: 'closed' }], LATER, RUN);
    const changed = [listed(3, { price: 7 }), listed(4, { price: 8 })];
    const pages = [page([1, 2]), { contracts: [...changed, listed(5)], brokenIds: [] }];
    const { parts, report } = partsOver(database());
    const { listing } = listingOf(pages);
    expect(await idsOf(itemsJobs(REGION, listing, [], parts))).toEqual([5]);
    expect(report.contracts).toMatchObject({ reopened: 1, updated: 2, inserted: 0 });
    expect(await storedContract(database(), 2)).toMatchObject({ status: 'outstanding' });
    expect(await storedContract(database(), 3)).toMatchObject({ price: 7 });
    expect(await storedContract(database(), 4)).toMatchObject({ price: 8 });
  });

  test('are none of broken rows, which are reported', async () => {
    const { parts, report, lines } = partsOver(database());
    const { listing } = listingOf([page([1], [7]), page([2, 3, 4], [8])]);
    const jobs = itemsJobs(REGION, { ...listing, unreadableRows: 1 }, [], parts);
    expect(await idsOf(jobs)).toEqual([1, 2, 3, 4]);
    expect(report.contracts.skipped).toBe(3);
    expect(report.failures.map(({ contractId }) => contractId)).toEqual([undefined, 7, 8]);
    expect(lines.map(({ level }) => level)).toEqual(['error', 'error', 'error']);
  });
}

function readsAhead(database: () => Database): void {
  test('one page is compared while the jobs of the last are done, and no more', async () => {
    const { parts } = partsOver(database());
    const { listing, read } = listingOf([page([1, 2]), page([3]), page([4]), page([5])]);
    const jobs = itemsJobs(REGION, listing, [], parts);
    expect(await jobs.next()).toMatchObject({ value: { contractId: 1 } });
    await expect.poll(() => read).toEqual([1, 2]);
    expect(await jobs.next()).toMatchObject({ value: { contractId: 2 } });
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(read).toEqual([1, 2]);
    expect(await jobs.next()).toMatchObject({ value: { contractId: 3 } });
    await expect.poll(() => read).toEqual([1, 2, 3]);
    await jobs.return(undefined);
    for (let turn = 0; turn < 20; turn += 1) await settle();
    expect(read).toEqual([1, 2, 3]);
  });

  test('a page that cannot be read fails after the jobs of the pages before', async () => {
    const failure = new EsiError('torn');
    const { parts, stopped } = partsOver(database());
    const { listing } = listingOf([page([1])], { failure });
    const seen: number[] = [];
    const reading = async () => {
      for await (const { contractId } of itemsJobs(REGION, listing, [BACKLOG], parts)) {
        seen.push(contractId);
      }
    };
    expect(await failureOf(reading())).toBe(failure);
    expect(seen).toEqual([99, 1]);
    expect(stopped).toEqual([]);
  });
}

test('a database that fails at the next page ends the pass, though jobs are still to be done', async () => {
  const failure = new DatabaseError('gone', { sqlState: '08006' });
  const answers = [[{ rows: '[[1,null]]' }]];
  const query = async () => answers.shift() ?? Promise.reject(failure);
  const { parts, stopped } = partsOver({ query } as unknown as Database);
  const { listing } = listingOf([page([1]), page([2])]);
  const jobs = itemsJobs(REGION, listing, [], parts);
  expect(await jobs.next()).toMatchObject({ value: { contractId: 1 } });
  await expect.poll(() => stopped).toEqual([failure]);
  expect(await failureOf(jobs.next())).toBe(failure);
});

onEachDatabase('the contracts whose items are to be had', (database) => {
  describe('of a listing', () => findsJobs(database));
  describe('are found ahead:', () => readsAhead(database));
});
