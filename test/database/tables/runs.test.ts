import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { beginRun, fencedTransact, finishRun } from '../../../src/database/tables/runs.ts';
import { LockLostError } from '../../../src/errors.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { FIRST_SEEN, LATER } from './rows.ts';

const HELD = { assertHeld: async () => undefined, assertNotExpired: () => undefined };
const INSERT_REGION = 'INSERT INTO regions (region_id) VALUES ($1)';

async function storedRuns(database: Database): Promise<unknown[]> {
  const [answer] = await database.query<{ rows: string }>(
    `SELECT coalesce(json_agg(run ORDER BY started_at, finished_at), '[]')::text AS rows
     FROM aggregation_runs AS run`,
  );
  return JSON.parse(answer?.rows ?? '[]');
}

async function storedRegions(database: Database): Promise<number[]> {
  const rows = await database.query<{ region_id: number }>('SELECT region_id FROM regions');
  return rows.map(({ region_id }) => region_id);
}

function recordsRuns(database: () => Database): void {
  test('a run that begins is recorded without an end', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    expect(await storedRuns(database())).toEqual([
      {
        run_id: runId,
        started_at: '2026-09-08T12:00:00+00:00',
        finished_at: null,
        outcome: null,
        exit_code: null,
        summary: null,
        all_regions: false,
        number: 1,
      },
    ]);
  });

  test('a run that ends is recorded with its outcome and its whole summary', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    const summary = {
      runId,
      finishedAt: LATER.toISOString(),
      outcome: `part'ial"`,
      exitCode: 1,
      failures: [{ message: `it's "broken"; DROP TABLE regions` }],
    };
    await finishRun(database(), summary);
    expect(await storedRuns(database())).toEqual([
      {
        run_id: runId,
        started_at: '2026-09-08T12:00:00+00:00',
        finished_at: '2026-09-08T12:30:00+00:00',
        outcome: `part'ial"`,
        exit_code: 1,
        summary,
        all_regions: false,
        number: 1,
      },
    ]);
  });
}

function supersedes(database: () => Database): void {
  test('a run that begins ends every run that did not, and leaves the others', async () => {
    const [finished, unfinished, successor] = [randomUUID(), randomUUID(), randomUUID()];
    const end = { finishedAt: FIRST_SEEN.toISOString(), outcome: 'complete', exitCode: 0 };
    await beginRun(database().transact, finished, FIRST_SEEN);
    await finishRun(database(), { runId: finished, ...end });
    await beginRun(database().transact, unfinished, new Date(FIRST_SEEN.getTime() + 1));
    await beginRun(database().transact, successor, LATER);
    expect(await storedRuns(database())).toMatchObject([
      { run_id: finished, outcome: 'complete', finished_at: '2026-09-08T12:00:00+00:00' },
      { run_id: unfinished, outcome: 'interrupted', finished_at: '2026-09-08T12:30:00+00:00' },
      { run_id: successor, outcome: null, finished_at: null },
    ]);
  });

  test('a run that was taken over cannot record another end', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    await beginRun(database().transact, randomUUID(), LATER);
    const end = { finishedAt: new Date().toISOString(), outcome: 'complete', exitCode: 0 };
    await expect(finishRun(database(), { runId, ...end })).rejects.toBeInstanceOf(LockLostError);
    const [run] = await storedRuns(database());
    expect(run).toMatchObject({ outcome: 'interrupted', exit_code: null, summary: null });
  });

  test('what is done twice, because the word of it was lost, is as done once', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    await beginRun(database().transact, runId, FIRST_SEEN);
    expect(await storedRuns(database())).toMatchObject([{ run_id: runId, finished_at: null }]);
    const end = { finishedAt: LATER.toISOString(), outcome: 'complete', exitCode: 0 };
    await finishRun(database(), { runId, ...end });
    await finishRun(database(), { runId, ...end });
    expect(await storedRuns(database())).toMatchObject([{ outcome: 'complete', exit_code: 0 }]);
  });

  test('a run that begins again after its successor leaves that alone', async () => {
    const [runId, successor] = [randomUUID(), randomUUID()];
    await beginRun(database().transact, runId, FIRST_SEEN);
    await beginRun(database().transact, successor, LATER);
    const again = beginRun(database().transact, runId, FIRST_SEEN);
    await expect(again).rejects.toBeInstanceOf(LockLostError);
    expect(await storedRuns(database())).toMatchObject([
      { run_id: runId, outcome: 'interrupted' },
      { run_id: successor, finished_at: null },
    ]);
  });
}

function fences(database: () => Database): void {
  test('the run that began last may write, and gets the result of its work', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    const transact = fencedTransact(database().transact, runId, HELD);
    expect(await transact((sql) => sql.execute(INSERT_REGION, 1))).toBe(1);
    expect(await storedRegions(database())).toEqual([1]);
  });

  test('a run that was taken over writes nothing and does not begin its work', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    await beginRun(database().transact, randomUUID(), LATER);
    const transact = fencedTransact(database().transact, runId, HELD);
    let hasBegun = false;
    const writing = transact(async (sql) => {
      hasBegun = true;
      await sql.execute(INSERT_REGION, 1);
    });
    await expect(writing).rejects.toBeInstanceOf(LockLostError);
    expect(hasBegun).toBe(false);
    expect(await storedRegions(database())).toEqual([]);
  });

  test('a run that has recorded its end may not write any more', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    const end = { finishedAt: LATER.toISOString(), outcome: 'complete', exitCode: 0 };
    await finishRun(database(), { runId, ...end });
    const transact = fencedTransact(database().transact, runId, HELD);
    const writing = transact((sql) => sql.execute(INSERT_REGION, 1));
    await expect(writing).rejects.toBeInstanceOf(LockLostError);
  });

  test('a run that never began may not write', async () => {
    const transact = fencedTransact(database().transact, randomUUID(), HELD);
    const writing = transact((sql) => sql.execute(INSERT_REGION, 1));
    await expect(writing).rejects.toBeInstanceOf(LockLostError);
  });
}

function asksTheLock(database: () => Database): void {
  const lost = new LockLostError('deleted');

  test('with the lock lost, the database is not even asked', async () => {
    const guard = { ...HELD, assertHeld: () => Promise.reject(lost) };
    const transact = fencedTransact(database().transact, randomUUID(), guard);
    const { statements } = database().counters;
    await expect(transact((sql) => sql.execute(INSERT_REGION, 1))).rejects.toBe(lost);
    expect(database().counters.statements).toBe(statements);
  });

  test('what was written before the life of the lock passed is taken back', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    const assertNotExpired = () => {
      throw lost;
    };
    const transact = fencedTransact(database().transact, runId, { ...HELD, assertNotExpired });
    await expect(transact((sql) => sql.execute(INSERT_REGION, 1))).rejects.toBe(lost);
    expect(await storedRegions(database())).toEqual([]);
  });

  test('what fails inside is taken back and thrown as it was', async () => {
    const runId = randomUUID();
    await beginRun(database().transact, runId, FIRST_SEEN);
    const transact = fencedTransact(database().transact, runId, HELD);
    const failure = new RangeError('a fault of ours');
    const writing = transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      throw failure;
    });
    await expect(writing).rejects.toBe(failure);
    expect(await storedRegions(database())).toEqual([]);
  });
}

onEachDatabase('runs', (database) => {
  describe('their records', () => recordsRuns(database));
  describe('and their successors', () => supersedes(database));
  describe('may write only while they are the last', () => fences(database));
  describe('may write only while they hold the lock', () => asksTheLock(database));
});
