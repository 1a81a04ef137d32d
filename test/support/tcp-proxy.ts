import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A server's address that can be cut off. */
export interface TcpProxy {
  /** The target's URL, by way of the proxy. */
  readonly url: string;
  /** Connections that came so far. */
  readonly connections: number;
  /** Breaks every connection there is, and leads new ones to another server. */
  leadTo(otherUrl: string): void;
  /** Breaks every connection there is; new ones work. */
  cut(): void;
  /** Lets the next COMMIT after a statement with this text arrive, once, but not the answer to it. */
  loseCommitOf(text: string): void;
  /** Whether that has happened. */
  readonly hasLostCommit: boolean;
  /** Takes new connections and never answers on them, as a server behind a dead network does. */
  swallow(): void;
  close(): Promise<void>;
}

export async function startProxy(targetUrl: string): Promise<TcpProxy> {
  let target = new URL(targetUrl);
  let connections = 0;
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  let lostText: string | undefined;
  let hasLostCommit = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What a cut connection complains of is what the test is about; the client tells it.
    socket.on('error', () => undefined);
    return socket;
  };
  const server = createServer((client) => {
    connections += 1;
    keep(client);
    if (isSwallowing) return;
    const upstream = keep(connect(Number(target.port), target.hostname));
    client.pipe(upstream);
    let isInTransaction = false;
    let isCommitting = false;
    client.on('data', (chunk: Buffer) => {
      if (lostText === undefined) return;
      isInTransaction ||= chunk.includes(lostText);
      isCommitting ||= isInTransaction && chunk.includes('COMMIT');
    });
    upstream.on('data', (chunk: Buffer) => {
      if (!isCommitting) client.write(chunk);
      else {
        lostText = undefined;
        hasLostCommit = true;
        client.destroy();
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    get connections() {
      return connections;
    },
    leadTo: (otherUrl) => {
      target = new URL(otherUrl);
      cut();
    },
    cut,
    loseCommitOf: (text) => {
      lostText = text;
    },
    get hasLostCommit() {
      return hasLostCommit;
    },
    swallow: () => {
      isSwallowing = true;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
