import type { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Clock } from '../../clock.ts';
import { Database } from '../database.ts';
import { CONNECTION, openSocket } from './server-socket.ts';
import { readServerUrl } from './server-url.ts';

/** A statement without an answer for so long: the server hangs, or somebody keeps a table locked. */
const ANSWER_TIMEOUT_MS = 120_000;

/** How a server is spoken to. */
export interface ServerOptions {
  readonly clock: Clock;
  /** Connections at most. */
  readonly connections: number;
  /** Ends the waiting for a server that has not answered yet. */
  readonly interrupt?: AbortSignal | undefined;
  /** A statement without an answer for so long has failed; 0 = no limit. */
  readonly answerTimeoutMs?: number;
}

/** A PostgreSQL server; it connects with the first statement. */
export function openServerDatabase(
  url: string,
  { clock, connections, interrupt, answerTimeoutMs = ANSWER_TIMEOUT_MS }: ServerOptions,
): Database {
  const sockets = new Set<Socket>();
  const { connectionString, schema } = readServerUrl(url);
  const server = new PrismaPg({
    connectionString,
    max: connections,
    ...CONNECTION,
    stream: () => openSocket(sockets, answerTimeoutMs),
  });
  const close = async () => {
    // A server that hangs never says goodbye: nobody waits for it.
    for (const socket of sockets) socket.unref();
  };
  return new Database({ adapter: inSchema(server, schema), schema, clock, close, interrupt });
}

/**
 * Prisma's models look for their tables in one schema, and would take `public` for granted. A role,
 * a database or the URL's options may have set another.
 */
function inSchema(
  server: SqlDriverAdapterFactory,
  schema: string | undefined,
): SqlDriverAdapterFactory {
  const connect = async (): Promise<SqlDriverAdapter> => {
    const driver = await server.connect();
    try {
      const schemaName = schema ?? (await currentSchema(driver));
      const getConnectionInfo = () => ({ schemaName, supportsRelationJoins: true });
      return Object.assign(driver, { getConnectionInfo });
    } catch (error) {
      await driver.dispose();
      throw error;
    }
  };
  return { provider: server.provider, adapterName: server.adapterName, connect };
}

async function currentSchema(driver: SqlDriverAdapter): Promise<string> {
  const query = { sql: 'SELECT current_schema()::text', args: [], argTypes: [] };
  const { rows } = await driver.queryRaw(query);
  return String(rows[0]?.[0] ?? 'public');
}
