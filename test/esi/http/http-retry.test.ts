import { describe, expect, it } from 'vitest';
import { EsiError } from '../../../src/errors.ts';
import { EsiHarness, failureOf } from '../esi-harness.ts';

const PATH = '/universe/types/587';
const REQUEST = { path: PATH, route: 'universe/types', shape: 'object' } as const;
const OK = { body: { type_id: 587 } };
const MAX_ATTEMPTS = 4;

describe('an answer that another attempt can change', () => {
  it.each([420, 429, 500, 502, 503, 504, 520])('%d is retried until it is good', async (status) => {
    const { mock, http } = new EsiHarness();
    mock.getTimes(3, PATH, { status, body: { error: 'try again' } }).get(PATH, OK);

    expect((await http.send(REQUEST)).data).toEqual({ type_id: 587 });
    expect(http.counters).toEqual({ requests: 4, retries: 3, errors: 3 });
  });

  it.each([420, 429, 500, 502, 503, 504, 520])(
    '%d ends as an error with its status after three retries',
    async (status) => {
      const { mock, http } = new EsiHarness();
      mock.getTimes(MAX_ATTEMPTS, PATH, { status, body: { error: 'for ever' } });

      const error = await failureOf(http.send(REQUEST));

      expect(error).toBeInstanceOf(EsiError);
      expect(error).toMatchObject({ status, message: `GET ${PATH}: status ${status}` });
      expect(http.counters).toEqual({ requests: 4, retries: 3, errors: 4 });
    },
  );

  it('is waited for twice as long each time', async () => {
    const { mock, http, clock } = new EsiHarness();
    mock.getTimes(3, PATH, { status: 502 }).get(PATH, OK);

    await http.send(REQUEST);

    expect(clock.leaps).toEqual([250, 500, 1000]);
  });

  it('is waited for up to twice as long by chance, so that retries do not come together', async () => {
    const { mock, http, clock } = new EsiHarness({ random: () => 0.5 });
    mock.get(PATH, { status: 502 }, OK);

    await http.send(REQUEST);

    expect(clock.leaps).toEqual([375]);
  });
});

describe('an answer that another attempt cannot change', () => {
  it.each([400, 401, 403, 404, 410, 422, 501])('%d is not retried', async (status) => {
    const { mock, http } = new EsiHarness();
    mock.get(PATH, { status, body: { error: 'no' } });

    const error = await failureOf(http.send(REQUEST));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status });
    expect(http.counters).toEqual({ requests: 1, retries: 0, errors: 1 });
  });

  it('is given back where the caller accepts its status', async () => {
    const { mock, http } = new EsiHarness();
    mock.get(PATH, { status: 404, body: { error: 'Type not found' } });

    expect((await http.send({ ...REQUEST, accept: [404] })).status).toBe(404);
  });

  it.each([301, 302, 307, 308])('%d to another host is not followed', async (status) => {
    const { mock, http } = new EsiHarness();
    mock.get(PATH, { status, headers: { location: 'https://elsewhere.test/' } });

    const error = await failureOf(http.send(REQUEST));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status });
    expect(http.counters.requests).toBe(1);
  });
});

describe('a pause that an answer asks for', () => {
  it.each([
    { status: 420, headers: { 'x-esi-error-limit-reset': '17' }, pauseMs: 18_000 },
    { status: 420, headers: {}, pauseMs: 60_000 },
    { status: 429, headers: { 'retry-after': '30' }, pauseMs: 30_000 },
    { status: 429, headers: {}, pauseMs: 10_000 },
    { status: 503, headers: { 'retry-after': '7' }, pauseMs: 7000 },
  ])('of $pauseMs ms is kept before the retry after $status', async (one) => {
    const { mock, http, clock } = new EsiHarness();
    const { status, headers } = one;
    mock.get(PATH, { status, headers: headers as Record<string, string> }, OK);

    await http.send(REQUEST);

    expect(clock.leapedMs).toBe(one.pauseMs);
  });

  it('by the game server is kept before the retry after 520', async () => {
    const { mock, http, clock } = new EsiHarness();
    const body = { error: 'ConStopSpamming', details: { remainingTime: 12_038_505 } };
    mock.get(PATH, { status: 520, body }, OK);

    await http.send(REQUEST);

    expect(clock.leapedMs).toBe(12_039);
  });
});

describe('a connection that breaks', () => {
  it('is tried again', async () => {
    const { mock, http } = new EsiHarness();
    mock.reset(PATH).reset(PATH).get(PATH, OK);

    expect((await http.send(REQUEST)).status).toBe(200);
    expect(http.counters).toEqual({ requests: 3, retries: 2, errors: 2 });
  });

  it('again and again ends as an error without a status', async () => {
    const { mock, http } = new EsiHarness();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) mock.reset(PATH);

    const error = await failureOf(http.send(REQUEST));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status: undefined });
    expect(http.counters).toEqual({ requests: 4, retries: 3, errors: 4 });
  });
});
