import { LockLostError } from '../../errors.ts';
import type { SqlExecutor, Transact } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';

/** A run without `finished_at` may write. Its successor ends it here, whatever became of it. */
const SUPERSEDE = `
UPDATE aggregation_runs SET finished_at = $2, outcome = 'interrupted'
WHERE finished_at IS NULL AND run_id <> $1::uuid`;

/** Numbers ascend in the order in which runs may write, so one begins after the other. */
const ONE_BY_ONE = 'LOCK TABLE aggregation_runs IN SHARE ROW EXCLUSIVE MODE';

/** The row is there when the transaction was committed, and only the word of it was lost. */
const BEGIN = `
INSERT INTO aggregation_runs (run_id, started_at, all_regions, number)
SELECT $1::uuid, $2, $3::boolean, coalesce(max(number), 0) + 1 FROM aggregation_runs
ON CONFLICT (run_id) DO NOTHING`;

const SELECT_NUMBER = `
SELECT number::text AS number FROM aggregation_runs WHERE run_id = $1::uuid`;

/** FOR SHARE makes a successor wait for the transactions under way. */
const FENCE = `
SELECT 1 AS held FROM aggregation_runs WHERE run_id = $1::uuid AND finished_at IS NULL FOR SHARE`;

const FINISH = `
UPDATE aggregation_runs
SET finished_at = $2::timestamptz, outcome = $3, exit_code = $4::int, summary = $5::jsonb
WHERE run_id = $1::uuid AND finished_at IS NULL`;

/** What the last run that ended left without a name or place; only a complete one has looked for sure. */
const SELECT_MISSING = `
SELECT coalesce((SELECT CASE WHEN outcome = 'complete' THEN
    json_build_array(summary->'names'->'missing', summary->'places'->'missing') END
  FROM aggregation_runs WHERE finished_at IS NOT NULL ORDER BY number DESC LIMIT 1), '[]')::text AS rows`;

/** Whether the last run that ended was complete, and left nothing without a name or place. */
export async function wasNothingMissing(executor: SqlExecutor): Promise<boolean> {
  const missing = await readJsonRows<number | null>(executor, SELECT_MISSING);
  return missing.length > 0 && missing.every((count) => count === 0);
}

/** Of the last runs: the time from one begin to the next, so that a long gap counts once. */
const SELECT_INTERVAL = `
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds)::float8 AS seconds FROM (
  SELECT extract(epoch FROM started_at - lag(started_at) OVER (ORDER BY number)) AS seconds
  FROM (SELECT number, started_at FROM aggregation_runs
    WHERE outcome IS DISTINCT FROM 'imported' ORDER BY number DESC LIMIT 12) AS last_runs) AS gaps
WHERE seconds > 0`;

/** Seconds from one run to the next, as they usually are; undefined until there were two. */
export async function usualIntervalSeconds(executor: SqlExecutor): Promise<number | undefined> {
  const [row] = await executor.query<{ seconds: number | null }>(SELECT_INTERVAL);
  return row?.seconds ?? undefined;
}

const SELECT_LAST = 'SELECT coalesce(max(number), 0)::text AS number FROM aggregation_runs';

/** The number of the last run that began; 0 before the first. */
export async function lastRunNumber(executor: SqlExecutor): Promise<number> {
  const [row] = await executor.query<{ number: string }>(SELECT_LAST);
  return Number(row?.number ?? 0);
}

/** A successor writes no summary. */
const HAS_SUMMARY = `
SELECT 1 AS found FROM aggregation_runs WHERE run_id = $1::uuid AND summary IS NOT NULL`;

/**
 * Writes the run's row, and takes the right to write from any run before it. In SQL, as all that a
 * pass does: the first query of a model costs 60 ms and 25 MB. Done twice it is as done once.
 *
 * @param allRegions whether the run is over every region that ESI lists
 * @returns the number of the run, higher than those of all before it
 * @throws LockLostError when another run has begun since it was done first
 */
export async function beginRun(
  transact: Transact,
  runId: string,
  now: Date,
  allRegions = false,
): Promise<number> {
  return transact(async (sql) => {
    await sql.execute(ONE_BY_ONE);
    const isNew = (await sql.execute(BEGIN, runId, now, allRegions)) === 1;
    if (isNew) await sql.execute(SUPERSEDE, runId, now);
    else await assertMayWrite(sql, runId);
    const [row] = await sql.query<{ number: string }>(SELECT_NUMBER, runId);
    return Number(row?.number);
  });
}

/** The end of a run: a summary (SPEC §7), whose times are ISO texts in UTC. */
export interface FinishedRun {
  readonly runId: string;
  readonly finishedAt: string;
  readonly outcome: string;
  readonly exitCode: number;
}

/**
 * Writes the end of the run, with the whole summary. Done twice it is as done once.
 *
 * @throws LockLostError when another run has begun
 */
export async function finishRun(executor: SqlExecutor, summary: FinishedRun): Promise<void> {
  const { runId, finishedAt, outcome, exitCode } = summary;
  const json = JSON.stringify(summary);
  const rows = await executor.execute(FINISH, runId, finishedAt, outcome, exitCode, json);
  if (rows === 1) return;
  const found = await executor.query(HAS_SUMMARY, runId);
  if (found.length === 0) throw takenOver();
}

/** The part of a lock that a write depends on. Both methods throw LockLostError. */
export interface WriteGuard {
  assertHeld(): Promise<void>;
  assertNotExpired(): void;
}

/**
 * A transaction that writes only while the run holds its lock. The lock is asked before, and its
 * life is checked once more before the commit.
 */
export function guardedTransact(transact: Transact, guard: WriteGuard): Transact {
  return async (work) => {
    await guard.assertHeld();
    return transact(async (sql) => {
      const result = await work(sql);
      guard.assertNotExpired();
      return result;
    });
  };
}

/**
 * As `guardedTransact`, with a fence inside that holds even for a process that slept in between,
 * since a successor closes it.
 */
export function fencedTransact(transact: Transact, runId: string, guard: WriteGuard): Transact {
  const guarded = guardedTransact(transact, guard);
  return (work) =>
    guarded(async (sql) => {
      await assertMayWrite(sql, runId);
      return work(sql);
    });
}

async function assertMayWrite(sql: SqlExecutor, runId: string): Promise<void> {
  const held = await sql.query(FENCE, runId);
  if (held.length === 0) throw takenOver();
}

function takenOver(): LockLostError {
  return new LockLostError('another run has taken over');
}
