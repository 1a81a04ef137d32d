import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Loopback {
  readonly url: string;
  /** Paths with their query, in order of arrival. */
  readonly paths: string[];
  /** Connections made so far. */
  readonly connections: () => number;
}

/** Starts an HTTP server on the loopback for the length of a test. */
export async function listen(handle: RequestListener): Promise<Loopback> {
  const paths: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    handle(request, response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  const port = await portOf(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, paths, connections: () => connections };
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
