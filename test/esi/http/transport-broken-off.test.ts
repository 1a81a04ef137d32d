import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UndiciTransport } from '../../../src/esi/http/undici-transport.ts';
import { EsiHarness, failureOf, TIMEOUT_MS } from '../esi-harness.ts';
import { listen } from './loopback.ts';

const REQUEST = { path: '/answer', route: 'answer', shape: 'array' } as const;
const TOO_LARGE = Buffer.alloc(1024 * 1024, ' ');

/** How an answer can fail to end after its headers. */
const BROKEN_BODIES = [
  {
    how: 'breaks off',
    end: (response: ServerResponse) => response.write('[', () => response.destroy()),
  },
  {
    how: 'is no gzip',
    headers: { 'content-encoding': 'gzip' },
    end: (response: ServerResponse) => response.end('[]'),
  },
  { how: 'has no end', end: pour },
];

function pour(response: ServerResponse): void {
  while (!response.destroyed && response.write(TOO_LARGE));
  if (!response.destroyed) response.once('drain', () => pour(response));
}

/** Answers once in such a way, then well. */
async function harnessAfter(broken: (response: ServerResponse) => void, leapMs?: number) {
  let answers = 0;
  const { url, paths } = await listen((_request, response) => {
    answers += 1;
    if (answers === 1) broken(response);
    else response.end('[]');
  });
  const transport = new UndiciTransport(4);
  onTestFinished(() => transport.close());
  const options = leapMs === undefined ? {} : { leapMs };
  return { ...new EsiHarness({ baseUrl: url, transport: transport.send, ...options }), paths };
}

describe.each(BROKEN_BODIES)('an answer whose body $how', ({ headers, end }) => {
  it.each([
    { status: 420, said: { 'x-esi-error-limit-reset': '30' }, pauseMs: 31_000 },
    { status: 429, said: { 'retry-after': '30' }, pauseMs: 30_000 },
    { status: 503, said: { 'retry-after': '30' }, pauseMs: 30_000 },
  ])('is obeyed all the same when it is a $status', async ({ status, said, pauseMs }) => {
    const { http, clock } = await harnessAfter((response) => {
      response.writeHead(status, { ...headers, ...said });
      end(response);
    });

    await http.send(REQUEST);

    expect(clock.leapedMs).toBe(pauseMs);
  });

  it('is asked for again when it is a 200', async () => {
    const { http, paths } = await harnessAfter((response) => {
      response.writeHead(200, { ...headers });
      end(response);
    });

    expect(await http.send(REQUEST)).toMatchObject({ status: 200, data: [] });
    expect(paths).toHaveLength(2);
  });

  it('is no answer when it is a 404', async () => {
    const { http } = await harnessAfter((response) => {
      response.writeHead(404, { ...headers });
      end(response);
    });

    expect(await failureOf(http.send({ ...REQUEST, accept: [404] }))).toMatchObject({
      status: 404,
    });
  });
});

it('a 420 whose body never comes is obeyed from its deadline on', async () => {
  const { http, clock } = await harnessAfter((response) => {
    response.writeHead(420, { 'x-esi-error-limit-reset': '30' }).flushHeaders();
  });

  const headers = new Promise<void>((resolve) => {
    const onHeaders = () => resolve();
    subscribe('undici:request:headers', onHeaders);
    onTestFinished(() => void unsubscribe('undici:request:headers', onHeaders));
  });
  const answer = http.send(REQUEST);
  await clock.untilAsleep(TIMEOUT_MS);
  await headers;
  await clock.advance(TIMEOUT_MS);
  await answer;

  expect(clock.leapedMs).toBe(31_000);
});
