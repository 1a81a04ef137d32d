import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { InterruptedError } from '../../src/errors.ts';
import { UndiciTransport } from '../../src/esi/undici-transport.ts';
import { EsiHarness, failureOf, TIMEOUT_MS } from './esi-harness.ts';

const REQUEST = { path: '/answer', route: 'answer', shape: 'array' } as const;

/** Starts a server that takes connections and never says a word. */
async function listenSilently(onConnection: () => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection();
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function harness(baseUrl: string): EsiHarness {
  const transport = new UndiciTransport(4);
  onTestFinished(() => transport.close());
  return new EsiHarness({ baseUrl, transport: transport.send });
}

describe('a TLS handshake that never ends', () => {
  it('ends with the abort signal', { timeout: 5000 }, async () => {
    const reason = new InterruptedError('SIGTERM');
    const url = await listenSilently(() => setImmediate(() => esi.controller.abort(reason)));
    const esi = harness(url);

    expect(await failureOf(esi.http.send(REQUEST))).toBe(reason);
  });

  it('ends at the deadline', { timeout: 5000 }, async () => {
    const url = await listenSilently(() => setImmediate(() => esi.clock.advance(TIMEOUT_MS)));
    const esi = harness(url);

    expect(await failureOf(esi.http.send(REQUEST))).toMatchObject({
      message: expect.stringContaining('no answer in'),
    });
    expect(esi.http.counters.requests).toBe(4);
  });
});
