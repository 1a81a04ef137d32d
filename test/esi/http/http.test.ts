import { describe, expect, it } from 'vitest';
import { EsiError } from '../../../src/errors.ts';
import type { HttpRequest } from '../../../src/esi/http/http.ts';
import { EsiHarness, failureOf, httpDate } from '../esi-harness.ts';

const LISTING = '/contracts/public/10000002?page=1';
const TYPE = '/universe/types/587';
const NAMES = '/universe/names';
const ATTEMPTS = 4;
const PAGE_HEADERS = { 'x-pages': '1', 'last-modified': httpDate(-60) };
const MAX_BODY_BYTES = 16 * 1024 * 1024;

function request(path: string, shape: HttpRequest['shape']): HttpRequest {
  return { path, route: 'route', shape };
}

describe('a request', () => {
  it('tells who asks, and the version of the API', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(TYPE, { body: {} });

    await http.send(request(TYPE, 'object'));

    expect(mock.requests[0]?.headers).toMatchObject({
      'user-agent': 'contracts-agg/0.0.0 (test@example.com)',
      'x-compatibility-date': '2026-07-21',
      accept: 'application/json',
    });
  });

  it('carries the headers of its own', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(TYPE, { body: {} });

    await http.send({ ...request(TYPE, 'object'), headers: { 'if-none-match': '"tag"' } });

    expect(mock.requests[0]?.headers).toMatchObject({ 'if-none-match': '"tag"' });
  });

  it('with a body is a POST of JSON', async () => {
    const { mock, http } = new EsiHarness();
    mock.post(NAMES, { body: [] });

    await http.send({ ...request(NAMES, 'array'), body: [10_000_002, 10_000_043] });

    expect(mock.requests[0]?.headers['content-type']).toMatch(/^application\/json/);
    expect(mock.requests[0]?.body).toEqual([10_000_002, 10_000_043]);
  });

  it('with a body keeps it in a retry', async () => {
    const { mock, http } = new EsiHarness();
    mock.post(NAMES, { status: 502 }, { body: [] });

    await http.send({ ...request(NAMES, 'array'), body: [10_000_002] });

    expect(mock.requests.map(({ body }) => body)).toEqual([[10_000_002], [10_000_002]]);
  });

  it('names itself in its error', async () => {
    const { mock, http } = new EsiHarness();
    mock.post(NAMES, { status: 404 });

    const error = await failureOf(http.send({ ...request(NAMES, 'array'), body: [1] }));

    expect(error).toMatchObject({ message: 'POST /universe/names: status 404' });
    expect(error).toHaveProperty('cause.isAxiosError', true);
  });
});

describe('a good answer', () => {
  it('is given back with its status, headers in lower case, and data', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(LISTING, { body: [{ id: 1 }], headers: { 'X-Pages': '3', ETag: '"tag"' } });

    const answer = await http.send(request(LISTING, 'array'));

    expect(answer).toMatchObject({ status: 200, data: [{ id: 1 }] });
    expect(answer.headers).toMatchObject({ 'x-pages': '3', etag: '"tag"' });
  });

  it.each([204, 304])('%d needs no body', async (status) => {
    const { mock, http } = new EsiHarness();
    mock.get(LISTING, { status });

    const answer = await http.send({ ...request(LISTING, 'page'), accept: [status] });
    expect(answer.status).toBe(status);
    expect(http.counters).toEqual({ requests: 1, retries: 0, errors: 0 });
  });

  it('may be as large as the bound', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(TYPE, { body: `{}${' '.repeat(MAX_BODY_BYTES - 2)}` });

    expect((await http.send(request(TYPE, 'object'))).status).toBe(200);
  });
});

describe('a broken answer with status 200', () => {
  it.each([
    { of: 'HTML', shape: 'array', body: '<html>downtime</html>' },
    { of: 'HTML for an object', shape: 'object', body: '<html>downtime</html>' },
    { of: 'truncated JSON', shape: 'array', body: '[{"contract_id": 1}, {"contr' },
    { of: 'nothing', shape: 'array', body: '' },
    { of: 'nothing for an object', shape: 'object', body: '' },
    { of: 'null', shape: 'object', body: 'null' },
    { of: 'an object for an array', shape: 'array', body: '{"error":"odd"}' },
    { of: 'an array for an object', shape: 'object', body: '[]' },
    { of: 'an object for a page', shape: 'page', body: '{}' },
    { of: 'a number', shape: 'object', body: '7' },
  ] as const)('of $of is asked for again, then an error', async ({ shape, body }) => {
    const { mock, http } = new EsiHarness();
    mock.getTimes(ATTEMPTS, TYPE, { body, headers: PAGE_HEADERS });

    const error = await failureOf(http.send(request(TYPE, shape)));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status: 200 });
    expect(http.counters).toMatchObject({ requests: 4, retries: 3 });
  });

  it('can be followed by a good one', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(TYPE, { body: '<html></html>' }, { body: { type_id: 587 } });

    expect((await http.send(request(TYPE, 'object'))).data).toEqual({ type_id: 587 });
  });

  it('is one that is too large', async () => {
    const { mock, http } = new EsiHarness();
    mock.getTimes(ATTEMPTS, TYPE, { body: `{}${' '.repeat(MAX_BODY_BYTES - 1)}` });

    expect(await failureOf(http.send(request(TYPE, 'object')))).toBeInstanceOf(EsiError);
  });

  it.each([
    { fault: 'without X-Pages', headers: { 'last-modified': httpDate(0) } },
    { fault: 'with X-Pages 0', headers: { ...PAGE_HEADERS, 'x-pages': '0' } },
    { fault: 'with an absurd X-Pages', headers: { ...PAGE_HEADERS, 'x-pages': '99999999' } },
    { fault: 'without Last-Modified', headers: { 'x-pages': '1' } },
    {
      fault: 'with an unreadable Last-Modified',
      headers: { ...PAGE_HEADERS, 'last-modified': 'x' },
    },
  ])('is a listing page $fault', async ({ headers }) => {
    const { mock, http } = new EsiHarness();
    mock.getTimes(ATTEMPTS, LISTING, { body: [], headers: headers as Record<string, string> });

    const error = await failureOf(http.send(request(LISTING, 'page')));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status: 200 });
  });
});
