import { describe, expect, it, vi } from 'vitest';
import { EsiDownError, EsiError, InterruptedError } from '../../../src/errors.ts';
import { EsiHarness, failureOf, TIMEOUT_MS } from '../esi-harness.ts';

const PATH = '/universe/types/587';
const REQUEST = { path: PATH, route: 'universe/types', shape: 'object' } as const;
const ATTEMPTS = 4;
const REASON = new InterruptedError('SIGTERM');

describe('a request that gets no whole answer in time', () => {
  it.each([
    { what: 'silence', parts: 0 },
    { what: 'a body that trickles', parts: 3 },
  ])('because of $what is tried again', async ({ parts }) => {
    const { mock, http, clock } = new EsiHarness();
    mock.trickle(PATH, () => void clock.advance(TIMEOUT_MS), parts);
    mock.get(PATH, { body: { type_id: 587 } });

    expect((await http.send(REQUEST)).data).toEqual({ type_id: 587 });
    expect(http.counters).toEqual({ requests: 2, retries: 1, errors: 1 });
  });

  it('again and again ends as an error without a status', async () => {
    const { mock, http, clock } = new EsiHarness();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      mock.hang(PATH, () => void clock.advance(TIMEOUT_MS));
    }

    const error = await failureOf(http.send(REQUEST));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toMatchObject({ status: undefined });
    expect(error).toHaveProperty('message', `GET ${PATH}: no answer in ${TIMEOUT_MS} ms`);
    expect(http.counters).toEqual({ requests: 4, retries: 3, errors: 4 });
  });

  it('is one that is a millisecond late, not one that is in time', async () => {
    const { mock, http, clock } = new EsiHarness();
    const advanced: string[] = [];
    mock.hang(PATH, () => {
      void clock.advance(TIMEOUT_MS - 1).then(() => {
        advanced.push(`${http.counters.errors} errors before`);
        return clock.advance(1);
      });
    });
    mock.get(PATH, { body: {} });

    await http.send(REQUEST);

    expect(advanced).toEqual(['0 errors before']);
    expect(http.counters.errors).toBe(1);
  });
});

describe('the deadline of a request', () => {
  it.each([200, 404])('is forgotten with the answer %d', async (status) => {
    const { mock, http, clock } = new EsiHarness();
    mock.get(PATH, { status, body: { error: '' } });
    await http.send({ ...REQUEST, accept: [404] });

    expect(clock.waiting).toBe(0);
  });

  it('is forgotten with a connection that broke', async () => {
    const { mock, http, clock } = new EsiHarness();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) mock.reset(PATH);
    await failureOf(http.send(REQUEST));

    expect(clock.waiting).toBe(0);
  });
});

describe('the abort signal', () => {
  it('ends a request that is under way, with its reason', async () => {
    const { mock, http, controller } = new EsiHarness();
    mock.hang(PATH, () => controller.abort(REASON));

    expect(await failureOf(http.send(REQUEST))).toBe(REASON);
    expect(http.counters).toEqual({ requests: 1, retries: 0, errors: 0 });
  });

  it('ends a request that waits for a place', async () => {
    const { mock, http, controller } = new EsiHarness({ concurrency: 1 });
    mock.hang(PATH, () => controller.abort(REASON));

    const failures = await Promise.all([
      failureOf(http.send(REQUEST)),
      failureOf(http.send({ ...REQUEST, path: '/universe/types/588' })),
    ]);

    expect(failures).toEqual([REASON, REASON]);
    expect(http.counters.requests).toBe(1);
  });

  it('lets nothing begin afterwards', async () => {
    const { http, controller } = new EsiHarness();
    controller.abort(REASON);

    expect(await failureOf(http.send(REQUEST))).toBe(REASON);
    expect(http.counters.requests).toBe(0);
  });

  it('ends the pause that an answer asked for', async () => {
    const { mock, http, controller } = new EsiHarness({ leapMs: 0 });
    mock.get(PATH, { status: 429, headers: { 'retry-after': '30' } });

    const sending = failureOf(http.send(REQUEST));
    await vi.waitFor(() => expect(http.counters.retries).toBe(1), 20_000);
    controller.abort(REASON);

    expect(await sending).toBe(REASON);
    expect(http.counters.requests).toBe(1);
  });
});

describe('an ESI that only fails', () => {
  it('is not asked any more after a while', async () => {
    const { mock, http } = new EsiHarness();
    const headers = { 'x-esi-error-limit-remain': '100', 'x-esi-error-limit-reset': '60' };
    mock.getTimes(60, PATH, { status: 503, headers });
    for (let request = 0; request < 15; request += 1) {
      expect(await failureOf(http.send(REQUEST))).toBeInstanceOf(EsiError);
    }

    expect(await failureOf(http.send(REQUEST))).toBeInstanceOf(EsiDownError);
    expect(http.counters.requests).toBe(60);
  });
});
