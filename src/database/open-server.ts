import { PrismaPg } from '@prisma/adapter-pg';
import { Database } from './database.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** A statement without an answer for so long means that the server hangs. */
const QUERY_TIMEOUT_MS = 120_000;
/** The server ends a transaction whose client sleeps, so that a successor need not wait for it. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;

/** A PostgreSQL server; it connects with the first statement. @param connections at most */
export function openServerDatabase(url: string, connections: number): Database {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    // The adapter sends and reads times without their zone.
    options: '-c TimeZone=UTC',
    keepAlive: true,
    application_name: 'contracts-agg',
  });
  return new Database(adapter, async () => undefined);
}
