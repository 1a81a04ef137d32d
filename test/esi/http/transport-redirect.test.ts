import { expect, it, onTestFinished } from 'vitest';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf } from '../esi-harness.ts';
import { listen } from './loopback.ts';

const REQUEST = { path: '/answer', route: 'answer', shape: 'array' } as const;

it.each([301, 302, 303, 307, 308])(
  'an answer that redirects with %d to another host is an error, and that host hears of nobody',
  async (status) => {
    const elsewhere = await listen((_request, response) => response.end('[]'));
    const { url, paths } = await listen((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/elsewhere` }).end();
    });
    const transport = new UndiciTransport(4);
    onTestFinished(() => transport.close());
    const { http } = new EsiHarness({ baseUrl: url, transport: transport.send });

    for (const request of [REQUEST, { ...REQUEST, body: [1] }]) {
      expect(await failureOf(http.send(request))).toMatchObject({ name: 'EsiError', status });
    }

    expect(paths).toEqual([REQUEST.path, REQUEST.path]);
    expect(elsewhere.connections()).toBe(0);
  },
);
