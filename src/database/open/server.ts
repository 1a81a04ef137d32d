import { Socket } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Clock } from '../../clock.ts';
import { Database } from '../database.ts';
import { readServerUrl } from './server-url.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** A statement without an answer for so long: the server hangs, or somebody keeps a table locked. */
const ANSWER_TIMEOUT_MS = 120_000;
/** The server ends a transaction whose client sleeps, so that a successor need not wait for it. */
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000;
/** SQLSTATE `query_canceled`. */
const QUERY_CANCELED = '57014';

/** A PostgreSQL server; it connects with the first statement. @param connections at most */
export function openServerDatabase(
  url: string,
  connections: number,
  clock: Clock,
  answerTimeoutMs = ANSWER_TIMEOUT_MS,
): Database {
  const sockets = new Set<Socket>();
  const { connectionString, options, schema } = readServerUrl(url);
  const config = {
    connectionString,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    options,
    keepAlive: true,
    application_name: 'contracts-agg',
    stream: () => openSocket(sockets, answerTimeoutMs),
  };
  const adapter = new PrismaPg(config, schema === undefined ? {} : { schema });
  return new Database(adapter, clock, async () => {
    // A server that hangs never says goodbye: nobody waits for it.
    for (const socket of sockets) socket.unref();
  });
}

/**
 * A connection that breaks when the server is silent for too long. The driver's own time limit only
 * gives up the statement: its connection would go on to the next transaction, with what the server
 * does when it wakes.
 */
function openSocket(sockets: Set<Socket>, answerTimeoutMs: number): Socket {
  const socket = new Socket();
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket.setTimeout(answerTimeoutMs, () => {
    const message = `no answer from the database in ${answerTimeoutMs / 1000} s`;
    socket.destroy(Object.assign(new Error(message), { code: QUERY_CANCELED }));
  });
}
