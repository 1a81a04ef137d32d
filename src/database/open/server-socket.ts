import { Socket } from 'node:net';

/** SQLSTATE `query_canceled`. */
const QUERY_CANCELED = '57014';

/** How the driver connects to a server. */
export const CONNECTION = {
  application_name: 'contracts-agg',
  connectionTimeoutMillis: 10_000,
  keepAlive: true,
  // After so much silence, the system asks whether the server's machine is still there.
  keepAliveInitialDelayMillis: 30_000,
} as const;

/**
 * A connection that breaks when the server is silent for too long. The driver's own time limit only
 * gives up the statement: its connection would go on to the next transaction, with what the server
 * does when it wakes.
 *
 * @param sockets those that are open
 * @param answerTimeoutMs 0 = no limit
 */
export function openSocket(sockets: Set<Socket>, answerTimeoutMs: number): Socket {
  const socket = new Socket();
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket.setTimeout(answerTimeoutMs, () => {
    const message = `no answer from the database in ${answerTimeoutMs / 1000} s`;
    socket.destroy(Object.assign(new Error(message), { code: QUERY_CANCELED }));
  });
}
