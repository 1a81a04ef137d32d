import pg from 'pg';
import { onTestFinished, vi } from 'vitest';
import type { TableName } from './run-tables.ts';

/** Any number will do that the program does not use. */
const HOLD_LOCK = 4711;
const PATIENCE = { timeout: 50_000, interval: 20 };

const COUNT_WAITING = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'`;

export interface HeldWork {
  /** Until the program waits, in the middle of it. */
  waitUntilReached(): Promise<void>;
  release(): Promise<void>;
}

/** Holds whoever writes a row of a table, inside the open transaction, until it is released. */
export async function holdWrites(
  url: string,
  event: 'INSERT' | 'UPDATE',
  table: TableName,
): Promise<HeldWork> {
  const client = await connect(url);
  await client.query(`SELECT pg_advisory_lock(${HOLD_LOCK})`);
  await client.query(`
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock_shared(${HOLD_LOCK}); RETURN NEW; END $$`);
  await client.query(
    `CREATE TRIGGER hold BEFORE ${event} ON ${table} FOR EACH ROW EXECUTE FUNCTION hold()`,
  );
  return held(url, client, `SELECT pg_advisory_unlock(${HOLD_LOCK})`);
}

/** Holds whoever looks which migrations the database has, before it does anything else. */
export async function holdStart(url: string): Promise<HeldWork> {
  const client = await connect(url);
  await client.query('BEGIN');
  await client.query('LOCK TABLE _prisma_migrations');
  return held(url, client, 'COMMIT');
}

async function held(url: string, client: pg.Client, release: string): Promise<HeldWork> {
  // One transaction sees the same activity all the time: another client has to look.
  const observer = await connect(url);
  const isReached = async () => {
    const { rows } = await observer.query<{ count: number }>(COUNT_WAITING);
    return rows[0]?.count !== 0;
  };
  return {
    waitUntilReached: async () => void (await vi.waitUntil(isReached, PATIENCE)),
    release: async () => void (await client.query(release)),
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
