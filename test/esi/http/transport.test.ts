import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EsiError, InterruptedError } from '../../../src/errors.ts';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf, TIMEOUT_MS } from '../esi-harness.ts';
import { listen } from './loopback.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;
const REQUEST = { path: '/answer?page=2', route: 'answer', shape: 'array' } as const;
const ATTEMPTS = 4;

/** Both ways to send a request have to keep to the same rules. */
const TRANSPORTS = [
  { name: "axios' own", create: () => undefined },
  {
    name: 'undici',
    create: () => {
      const transport = new UndiciTransport(4);
      onTestFinished(() => transport.close());
      return transport.send;
    },
  },
] as const;

describe.each(TRANSPORTS)('an answer by the transport $name', ({ create }) => {
  it('has status, headers in lower case, and data', async () => {
    const { url, paths } = await listen((_request, response) => {
      response.writeHead(200, { 'X-Pages': '3', ETag: '"tag"' }).end('[{"title":"ä\u{1f680}"}]');
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    const answer = await http.send(REQUEST);

    expect(answer).toMatchObject({ status: 200, data: [{ title: 'ä\u{1f680}' }] });
    expect(answer.headers).toMatchObject({ 'x-pages': '3', etag: '"tag"' });
    expect(paths).toEqual(['/answer?page=2']);
  });

  it.each([
    'date',
    'etag',
    'expires',
    'last-modified',
    'retry-after',
    'x-esi-error-limit-remain',
    'x-esi-error-limit-reset',
    'x-pages',
    'x-ratelimit-group',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
  ])('carries %s, which limits, paging or the cache read', async (name) => {
    const { url } = await listen((_request, response) => {
      response.setHeader(name, 'value').end('[]');
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect((await http.send(REQUEST)).headers[name]).toBe('value');
  });

  it.each([
    { encoding: 'gzip', compress: gzipSync },
    { encoding: 'br', compress: brotliCompressSync },
  ])('is decompressed when it is compressed by $encoding', async ({ encoding, compress }) => {
    const { url } = await listen((request, response) => {
      expect(request.headers['accept-encoding']).toContain(encoding);
      response.setHeader('content-encoding', encoding).end(compress('[1,2,3]'));
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect((await http.send(REQUEST)).data).toEqual([1, 2, 3]);
  });

  it('that says that it is compressed, and is not, is an error', async () => {
    const { url, paths } = await listen((_request, response) => {
      response.setHeader('content-encoding', 'gzip').end('[1,2,3]');
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect(await failureOf(http.send(REQUEST))).toBeInstanceOf(EsiError);
    expect(paths).toHaveLength(ATTEMPTS);
  });

  it.each([204, 304])('%d needs no body', async (status) => {
    const { url } = await listen((_request, response) => {
      response.writeHead(status, { etag: '"tag"' }).end();
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    const answer = await http.send({ ...REQUEST, accept: [status] });

    expect(answer.status).toBe(status);
    expect(answer.headers['etag']).toBe('"tag"');
  });

  it('that fails tells its body to the limits', async () => {
    const bodies = ['{"error":"ConStopSpamming","details":{"remainingTime":12038505}}', '[]'];
    const { url } = await listen((_request, response) => {
      response.writeHead(bodies.length > 1 ? 520 : 200).end(bodies.shift());
    });
    const { http, clock } = new EsiHarness({ baseUrl: url, transport: create() });

    await http.send(REQUEST);

    expect(clock.leapedMs).toBe(12_039);
  });

  it('that redirects is not followed', async () => {
    const { url, paths } = await listen((_request, response) => {
      response.writeHead(301, { location: '/elsewhere' }).end();
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect(await failureOf(http.send(REQUEST))).toMatchObject({ name: 'EsiError', status: 301 });
    expect(paths).toEqual([REQUEST.path]);
  });
});

describe.each(TRANSPORTS)('an answer in many pieces, by the transport $name', ({ create }) => {
  it('is taken in pieces that break a letter, with headers in any case', async () => {
    const body = Buffer.from('[{"title":"ä\u{1f680}"}]');
    const { url } = await listen((_request, response) => {
      response.writeHead(200, { 'x-PAGES': '3', 'transfer-encoding': 'chunked' });
      for (const byte of body) response.write(Buffer.of(byte));
      response.end();
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    const answer = await http.send(REQUEST);

    expect(answer).toMatchObject({ status: 200, data: [{ title: 'ä\u{1f680}' }] });
    expect(answer.headers).toMatchObject({ 'x-pages': '3' });
  });
});

describe.each(TRANSPORTS)('a body that is too large, by the transport $name', ({ create }) => {
  it.each([
    { as: 'as it is', encoding: undefined },
    { as: 'only when decompressed', encoding: 'gzip' },
  ])('is refused when it is so $as', async ({ encoding }) => {
    const large = Buffer.alloc(MAX_BODY_BYTES + 1, ' ');
    const { url } = await listen((_request, response) => {
      if (encoding) response.setHeader('content-encoding', encoding).end(gzipSync(large));
      else response.end(large);
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    const error = await failureOf(http.send(REQUEST));

    expect(error).toBeInstanceOf(EsiError);
    expect((error as EsiError).message).not.toContain('status');
  });

  it('is not when it is just as large as allowed', async () => {
    const { url } = await listen((_request, response) => {
      response.end(`[]${' '.repeat(MAX_BODY_BYTES - 2)}`);
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect((await http.send(REQUEST)).data).toEqual([]);
  });
});

describe.each(TRANSPORTS)('a request by the transport $name', ({ create }) => {
  it('carries its headers and its body', async () => {
    const seen: unknown[] = [];
    const { url } = await listen(async (request, response) => {
      const chunks = await request.toArray();
      seen.push(request.method, request.headers, Buffer.concat(chunks).toString());
      response.end('[]');
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    await http.send({ ...REQUEST, body: [1, 2], headers: { 'if-none-match': '"tag"' } });

    expect(seen[0]).toBe('POST');
    expect(seen[1]).toMatchObject({
      'content-type': 'application/json',
      'if-none-match': '"tag"',
      'user-agent': 'contracts-agg/0.0.0 (test@example.com)',
      'x-compatibility-date': '2026-07-21',
    });
    expect(seen[2]).toBe('[1,2]');
  });

  it.each([
    { what: 'before the answer', parts: 0 },
    { what: 'in the middle of the body', parts: 1 },
  ])('is tried again when the connection breaks $what', async ({ parts }) => {
    let isFirst = true;
    const { url } = await listen((_request, response) => {
      if (!isFirst) return response.end('[7]');
      isFirst = false;
      if (parts === 0) return response.destroy();
      response.writeHead(200, { 'content-length': '100' });
      return response.write('[1, 2, 3', () => response.destroy());
    });
    const { http } = new EsiHarness({ baseUrl: url, transport: create() });

    expect((await http.send(REQUEST)).data).toEqual([7]);
    expect(http.counters).toMatchObject({ requests: 2, retries: 1 });
  });

  it('fails where nobody listens, without a status', async () => {
    const http = new EsiHarness({ baseUrl: 'http://127.0.0.1:1', transport: create() }).http;

    expect(await failureOf(http.send(REQUEST))).toMatchObject({
      name: 'EsiError',
      status: undefined,
    });
    expect(http.counters).toEqual({ requests: 4, retries: 3, errors: 4 });
  });
});

describe.each(TRANSPORTS)('an answer that never ends, by the transport $name', ({ create }) => {
  it.each([
    { what: 'silence', parts: [] },
    { what: 'a body that trickles', parts: ['[1,', '2,'] },
  ])('because of $what runs into the deadline', async ({ parts }) => {
    let isFirst = true;
    const { url } = await listen((_request, response) => {
      if (!isFirst) return response.end('[7]');
      isFirst = false;
      if (parts.length > 0) response.write(parts.join(''));
      return void esi.clock.advance(TIMEOUT_MS);
    });
    const esi = new EsiHarness({ baseUrl: url, transport: create() });

    expect((await esi.http.send(REQUEST)).data).toEqual([7]);
    expect(esi.http.counters).toEqual({ requests: 2, retries: 1, errors: 1 });
  });

  it.each([
    { what: 'silence', parts: [] },
    { what: 'a body that trickles', parts: ['[1,', '2,'] },
  ])('because of $what ends with the abort signal, with its reason', async ({ parts }) => {
    const reason = new InterruptedError('SIGTERM');
    let closed = 0;
    const { url } = await listen((_request, response) => {
      response.on('close', () => {
        closed += 1;
      });
      if (parts.length > 0) response.write(parts.join(''));
      setImmediate(() => esi.controller.abort(reason));
    });
    const esi = new EsiHarness({ baseUrl: url, transport: create() });

    expect(await failureOf(esi.http.send(REQUEST))).toBe(reason);
    expect(esi.http.counters).toEqual({ requests: 1, retries: 0, errors: 0 });
    // The connection ends too: it would keep the process alive.
    await vi.waitFor(() => expect(closed).toBe(1), 20_000);
  });
});

describe('a pool of connections', () => {
  it('is used again and again', async () => {
    const { url, connections } = await listen((_request, response) => response.end('[]'));
    const { http } = new EsiHarness({ baseUrl: url, transport: TRANSPORTS[1].create() });
    for (let request = 0; request < 20; request += 1) await http.send(REQUEST);

    expect(connections()).toBeLessThanOrEqual(4);
  });
});
