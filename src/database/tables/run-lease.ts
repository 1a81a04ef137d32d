import type { SqlExecutor, Transact } from '../database.ts';

/** The clock of the server alone decides: those of the hosts may differ. Its own token has it again. */
const TAKE = `
INSERT INTO run_lease (name, token, expires_at)
VALUES ('run', $1::uuid, clock_timestamp() + $2::double precision * interval '1 ms')
ON CONFLICT (name) DO UPDATE
SET token = excluded.token,
  expires_at = clock_timestamp() + $2::double precision * interval '1 ms'
WHERE run_lease.token IS NULL OR run_lease.token = excluded.token
  OR run_lease.expires_at <= clock_timestamp()`;

const RENEW = `
UPDATE run_lease SET expires_at = clock_timestamp() + $2::double precision * interval '1 ms'
WHERE token = $1::uuid AND expires_at > clock_timestamp()`;

/**
 * The row stays: who may only insert and update can do it, too. $2 whether it was tried before: then
 * one that nobody holds may have been given back, and only the word of it was lost.
 */
const GIVE_BACK = `
UPDATE run_lease SET token = NULL, expires_at = clock_timestamp()
WHERE token = $1::uuid OR ($2::boolean AND token IS NULL)`;

const HAS_TABLE = `SELECT to_regclass('run_lease') IS NOT NULL AS found`;

const SELECT_HOLDER = `
SELECT token::text AS "runId",
  (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::double precision AS "leftMs"
FROM run_lease WHERE token IS NOT NULL AND expires_at > clock_timestamp()`;

/** Who holds the lease. */
export interface LeaseHolder {
  readonly runId: string;
  /** Milliseconds until it ends unless the run renews it. */
  readonly leftMs: number;
}

/** What the lease is called in messages. */
export const LEASE_NAME = 'run_lease in the database';

/** Whether the migrations have made the table yet. */
export async function hasLeaseTable(sql: SqlExecutor): Promise<boolean> {
  const [row] = await sql.query<{ found: boolean }>(HAS_TABLE);
  return row?.found === true;
}

/** @returns whether the lease was free, and is the run's now */
export async function takeLease(sql: SqlExecutor, runId: string, ttlMs: number): Promise<boolean> {
  return (await sql.execute(TAKE, runId, ttlMs)) === 1;
}

/** @returns whether it is still the run's, and lives on */
export async function renewLease(sql: SqlExecutor, runId: string, ttlMs: number): Promise<boolean> {
  return (await sql.execute(RENEW, runId, ttlMs)) === 1;
}

/** @returns whether it was still the run's */
export async function giveLeaseBack(transact: Transact, runId: string): Promise<boolean> {
  let wasTried = false;
  const rows = await transact((sql) => {
    const giving = sql.execute(GIVE_BACK, runId, wasTried);
    wasTried = true;
    return giving;
  });
  return rows === 1;
}

/** Undefined when it is free. */
export async function findLeaseHolder(sql: SqlExecutor): Promise<LeaseHolder | undefined> {
  const [holder] = await sql.query<LeaseHolder>(SELECT_HOLDER);
  return holder;
}
