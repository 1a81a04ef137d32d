import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import axios from 'axios';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { InterruptedError } from '../../../src/errors.ts';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf, TIMEOUT_MS } from '../esi-harness.ts';
import { listen } from './loopback.ts';

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
  // undici itself would give up after 10 s.
  it('ends with the abort signal', { timeout: 9000 }, async () => {
    const reason = new InterruptedError('SIGTERM');
    const url = await listenSilently(() => setImmediate(() => esi.controller.abort(reason)));
    const esi = harness(url);

    expect(await failureOf(esi.http.send(REQUEST))).toBe(reason);
  });

  it('ends at the deadline', { timeout: 30_000 }, async () => {
    const url = await listenSilently(() => setImmediate(() => esi.clock.advance(TIMEOUT_MS)));
    const esi = harness(url);

    expect(await failureOf(esi.http.send(REQUEST))).toMatchObject({
      message: expect.stringContaining('no answer in'),
    });
    expect(esi.http.counters.requests).toBe(4);
  });
});

describe('a request that is given up before a connection is free for it', () => {
  it('is never sent', async () => {
    const { url, paths } = await listen((request, response) => {
      if (request.url === '/slow') waiting.push(response);
      else response.end();
    });
    const waiting: ServerResponse[] = [];
    const transport = new UndiciTransport(1);
    onTestFinished(() => transport.close());
    const client = axios.create({ baseURL: url, adapter: transport.send });
    const controller = new AbortController();

    const slow = client.get('/slow');
    const late = failureOf(client.get('/late', { signal: controller.signal }));
    await vi.waitFor(() => expect(waiting).toHaveLength(1), 20_000);
    controller.abort();
    expect(axios.isCancel(await late)).toBe(true);
    waiting[0]?.end();
    await slow;
    await client.get('/next');

    expect(paths).toEqual(['/slow', '/next']);
  });
});
