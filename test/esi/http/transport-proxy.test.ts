import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf } from '../esi-harness.ts';
import { startProxy } from './connect-proxy.ts';
import { listen } from './loopback.ts';

const REQUEST = { path: '/answer', route: 'answer', shape: 'array' } as const;

/** A client with such an environment. */
function harness(baseUrl: string, environment: Readonly<Record<string, string>>): EsiHarness {
  const transport = new UndiciTransport(4, environment);
  onTestFinished(() => transport.close());
  return new EsiHarness({ baseUrl, transport: transport.send });
}

it('a request takes the way of HTTP_PROXY, to a host that only the proxy knows', async () => {
  const { url, paths } = await listen((_request, response) => response.end('[1]'));
  const proxy = await startProxy(url);
  const { http } = harness('http://esi.invalid', { HTTP_PROXY: proxy.url });

  expect((await http.send(REQUEST)).data).toEqual([1]);
  expect(proxy.asked).toEqual(['esi.invalid:80']);
  expect(paths).toEqual(['/answer']);
});

it('a request by https takes the way of HTTPS_PROXY, and fails where that refuses', async () => {
  const proxy = await startProxy();
  const { http } = harness('https://esi.invalid', { HTTPS_PROXY: proxy.url });

  expect(await failureOf(http.send(REQUEST))).toMatchObject({ name: 'EsiError' });
  expect(new Set(proxy.asked)).toEqual(new Set(['esi.invalid:443']));
});

it('a request to a host of NO_PROXY goes there itself', async () => {
  const { url } = await listen((_request, response) => response.end('[1]'));
  const proxy = await startProxy();
  const { http } = harness(url, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });

  expect((await http.send(REQUEST)).data).toEqual([1]);
  expect(proxy.asked).toEqual([]);
});

it('a proxy that refuses is told of, and its password is not', async () => {
  const unused = await startProxy();
  const proxy = new URL(unused.url);
  Object.assign(proxy, { username: 'me', password: 'hunter2' });
  const { http } = harness('http://esi.invalid', { HTTP_PROXY: proxy.href });

  const failure = await failureOf(http.send(REQUEST));

  expect(failure).toMatchObject({ name: 'EsiError', message: expect.stringMatching(/proxy/i) });
  const told = inspect(failure, { depth: 20, showHidden: true });
  expect(told).not.toContain('hunter2');
  expect(told).not.toContain(btoa('me:hunter2'));
});
