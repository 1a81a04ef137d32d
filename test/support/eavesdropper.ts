import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Certificate } from './test-authority.ts';

/** A server that wants to hear secrets. */
export interface Eavesdropper {
  readonly port: number;
  /** All that was sent to it, decrypted where it could be. */
  heard(): Buffer;
}

/** PostgreSQL's request for TLS: length and code. */
export const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Listens, and answers what it hears first: nothing, that it has no TLS (PostgreSQL's `N`), or TLS
 * with a certificate of its own.
 */
export async function eavesdrop(answer: 'silence' | 'no TLS' | Certificate): Promise<Eavesdropper> {
  const heard: Buffer[] = [];
  const listen = (socket: Socket) => {
    socket.on('error', () => undefined);
    return socket.on('data', (bytes) => heard.push(bytes));
  };
  const sockets = new Set<Socket>();
  const secrets = typeof answer === 'string' ? undefined : await contextOf(answer);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      heard.push(request);
      if (answer === 'silence') return void socket.end('-ERR I do not know TLS\r\n');
      if (secrets === undefined) return void listen(socket).write('N');
      socket.write('S');
      listen(new TLSSocket(socket, { isServer: true, secureContext: secrets }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => Buffer.concat(heard),
  };
}

async function contextOf({ certificate, key }: Certificate) {
  const [cert, keyText] = await Promise.all([readFile(certificate), readFile(key)]);
  return createSecureContext({ cert, key: keyText });
}
