import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { serverTest, startWorld } from '../../support/run-world.ts';

/** A Redis that does not know HELLO, as those before version 6 and some proxies. */
async function startWithoutHello(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    upstream.pipe(client);
    client.on('data', (chunk: Buffer) => {
      if (chunk.toString('latin1').toUpperCase().includes('HELLO')) {
        client.write("-ERR unknown command 'HELLO'\r\n");
      } else upstream.write(chunk);
    });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await once(server, 'close');
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

serverTest('a server of Redis that speaks only RESP2 keeps lock and cache', async () => {
  const world = await startWorld({ contracts: 20 });
  const REDIS_URL = await startWithoutHello(world.env['REDIS_URL'] ?? '');

  const first = await world.run([], { REDIS_URL });
  expect(first.summary.failures).toEqual([]);
  world.esi.resetRequests();
  const { summary } = await world.run([], { REDIS_URL });

  expect(summary).toMatchObject({ exitCode: 0, regions: { unchanged: 3 }, esi: { requests: 0 } });
  await world.expectTruth();
});

serverTest('a number of a database that the server lacks is a fault of the setting', async () => {
  const world = await startWorld({ contracts: 5 });
  const url = new URL(world.env['REDIS_URL'] ?? '');
  url.pathname = '/9999';

  const { summary } = await world.run([], { REDIS_URL: url.href });

  expect(summary.exitCode).toBe(78);
  expect(summary.failures[0]?.message).toContain('REDIS_URL: the server has no database 9999');
  expect(world.esi.requests).toEqual([]);
});
