import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { findChanges, lastFinishedRun } from '../../../src/database/queries/change-queries.ts';
import { insertContracts, updateListed } from '../../../src/database/tables/contracts.ts';
import { beginRun, finishRun } from '../../../src/database/tables/runs.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { LATER, listedContract, newContract } from '../tables/rows.ts';

const END = { finishedAt: LATER.toISOString(), outcome: 'complete', exitCode: 0 };

/** Ids of what a question finds, in pages of two. */
async function idsOf(database: Database, since: number, until: number, withBaseline = false) {
  const pages: number[][] = [];
  for await (const page of findChanges(database, { since, until, withBaseline }, 2)) {
    pages.push(page.map((change) => change.contract_id));
  }
  return pages;
}

function store(database: Database, runs: readonly (readonly [id: number, run: number])[]) {
  return insertContracts(
    database,
    runs.map(([contractId, run]) =>
      newContract({ contractId, listedIn: run, changedIn: run, isBaseline: false }),
    ),
  );
}

function numbersRuns(database: () => Database): void {
  test('runs are numbered as they begin, and the last that has ended is told', async () => {
    const { transact } = database();
    expect(await lastFinishedRun(database())).toBe(0);
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
    expect(await beginRun(transact, first, LATER)).toBe(1);
    expect(await lastFinishedRun(database())).toBe(0);
    await finishRun(database(), { runId: first, ...END });
    expect(await beginRun(transact, second, LATER)).toBe(2);
    expect(await lastFinishedRun(database())).toBe(1);
    // It ends the second, which is over from then on.
    expect(await beginRun(transact, third, LATER)).toBe(3);
    expect(await lastFinishedRun(database())).toBe(2);
    expect(await beginRun(transact, third, LATER)).toBe(3);
  });
}

function findsChanges(database: () => Database): void {
  test('what changed after one run and up to another comes in pages, in the order of the runs', async () => {
    await store(database(), [
      [5, 1],
      [4, 2],
      [1, 3],
      [2, 3],
      [3, 3],
      [6, 4],
    ]);
    expect(await idsOf(database(), 1, 3)).toEqual([
      [4, 1],
      [2, 3],
    ]);
    expect(await idsOf(database(), 0, 1)).toEqual([[5]]);
    expect(await idsOf(database(), 4, 4)).toEqual([]);
  });

  test('a contract that changes again belongs to the later run alone', async () => {
    await store(database(), [[200_000_001, 1]]);
    await updateListed(database(), [listedContract({ price: 7 })], 3);
    expect(await idsOf(database(), 0, 2)).toEqual([]);
    const question = { since: 2, until: 3, withBaseline: false };
    const pages: unknown[] = [];
    for await (const page of findChanges(database(), question, 2)) pages.push(...page);
    expect(pages).toMatchObject([
      { listed_in: 1, changed_in: 3, price: '7', status: 'outstanding' },
    ]);
  });

  test('the baseline comes only when it is asked for, and with it what is older than the numbers', async () => {
    await store(database(), [[3, 1]]);
    await insertContracts(database(), [
      newContract({ contractId: 4, listedIn: 1, changedIn: 1, isBaseline: true }),
    ]);
    await insertContracts(
      database(),
      [1, 2, 5].map((contractId) => newContract({ contractId })),
    );
    await database().execute(
      'UPDATE contracts SET listed_in = NULL, changed_in = NULL WHERE contract_id IN (1, 2, 5)',
    );
    expect(await idsOf(database(), 0, 1)).toEqual([[3]]);
    expect(await idsOf(database(), 0, 1, true)).toEqual([[1, 2], [5], [3, 4]]);
    expect(await idsOf(database(), 1, 2, true)).toEqual([]);
  });
}

onEachDatabase('what readers of changes ask', (database) => {
  describe('of runs', () => numbersRuns(database));
  describe('of contracts', () => findsChanges(database));
});
