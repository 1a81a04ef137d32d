import { describe, expect, it } from 'vitest';
import { ConditionalGet, type ConditionalRequest } from '../../../src/esi/cache/conditional-get.ts';
import { unpackJson } from '../../../src/esi/cache/packed-json.ts';
import { EsiHarness, type EsiHarnessOptions, httpDate, NOW } from '../esi-harness.ts';

const PATH = '/universe/regions';
const REQUEST: ConditionalRequest = {
  path: PATH,
  route: 'universe/regions',
  shape: 'array',
  maxLifeSeconds: 1800,
};
const HALF_LIFE_MS = 600_000;
const LIFE_MS = 1_200_000;

const HEADERS = {
  etag: '"one"',
  'last-modified': httpDate(-600),
  date: httpDate(0),
  expires: httpDate(LIFE_MS / 1000),
  'x-pages': '4',
};
const FIRST = { body: [1, 2, 3], headers: HEADERS };
const NOT_MODIFIED = {
  status: 304,
  headers: { etag: '"one"', date: httpDate(1200), expires: httpDate(3000) },
};

function harness(options: EsiHarnessOptions = {}) {
  const esi = new EsiHarness(options);
  return { ...esi, conditional: new ConditionalGet(esi.http, esi.cache, esi.clock) };
}

/** A harness that has got the first answer. */
async function warmHarness(options: EsiHarnessOptions = {}) {
  const esi = harness(options);
  esi.mock.get(PATH, FIRST);
  const answer = await esi.conditional.get(REQUEST);
  return { ...esi, answer };
}

describe('a first answer', () => {
  it('is new, and kept with what its headers say', async () => {
    const { answer, conditional, store } = await warmHarness();
    const head = {
      etag: '"one"',
      lastModifiedMs: NOW.getTime() - 600_000,
      expiresAtMs: NOW.getTime() + LIFE_MS,
      pages: 4,
      rows: 3,
    };

    expect(answer).toMatchObject({
      source: 'modified',
      head,
      lastModifiedMs: head.lastModifiedMs,
      storedLastModifiedMs: null,
      servedAtMs: NOW.getTime(),
    });
    const body = await answer.body();
    expect(body).toEqual({ data: [1, 2, 3], packed: store.bodies.get(PATH), head });
    expect(await unpackJson(body.packed)).toEqual(body.data);
    expect(store.headOf(PATH)).toEqual(head);
    expect(conditional.counters).toEqual({ fresh: 0, hits: 0, misses: 1 });
  });

  it('without headers is used and not believed to last', async () => {
    const { mock, conditional, store } = harness();
    mock.get(PATH, { body: [] });

    const answer = await conditional.get(REQUEST);

    expect(answer.head).toEqual({
      etag: null,
      lastModifiedMs: null,
      expiresAtMs: NOW.getTime(),
      pages: null,
      rows: 0,
    });
    expect(store.headOf(PATH)).toEqual(answer.head);
  });
});

describe('before Expires', () => {
  it('ESI is asked all the same when a clock that was a day fast has been put right', async () => {
    const fast = harness();
    await fast.clock.advance(86_400_000);
    const headers = { ...HEADERS, date: httpDate(86_400), expires: httpDate(87_600) };
    fast.mock.get(PATH, { ...FIRST, headers });
    await fast.conditional.get(REQUEST);
    const { mock, conditional } = harness({ store: fast.store });
    mock.get(PATH, FIRST);

    expect(await conditional.get(REQUEST)).toMatchObject({ source: 'modified' });
  });

  it('nothing is asked', async () => {
    const { mock, conditional, clock } = await warmHarness();
    await clock.advance(LIFE_MS - 1);

    const answer = await conditional.get(REQUEST);

    expect(answer).toMatchObject({
      source: 'fresh',
      lastModifiedMs: NOW.getTime() - 600_000,
      storedLastModifiedMs: NOW.getTime() - 600_000,
      // Not the time of a clock that may be wrong: the answer may be as old as this.
      servedAtMs: NOW.getTime() - 600_000,
    });
    expect((await answer.body()).data).toEqual([1, 2, 3]);
    expect(mock.requests).toHaveLength(1);
    expect(conditional.counters).toEqual({ fresh: 1, hits: 0, misses: 1 });
  });

  it('by a clock that has gone back since is no reason to ask nothing', async () => {
    const { mock, conditional, cache, store } = await warmHarness();
    const head = store.headOf(PATH);
    if (head === undefined) throw new Error('nothing is kept');
    await cache.replaceHead(PATH, { ...head, expiresAtMs: head.expiresAtMs + 30 * 86_400_000 });
    mock.get(PATH, NOT_MODIFIED);

    expect((await conditional.get(REQUEST)).source).toBe('unmodified');
    expect(mock.requests).toHaveLength(2);
    expect(store.headOf(PATH)?.expiresAtMs).toBeLessThanOrEqual(NOW.getTime() + 1_800_000);
  });

  it('a caller who knows that the snapshot is gone asks by the validator', async () => {
    const { mock, conditional, clock } = await warmHarness();
    await clock.advance(HALF_LIFE_MS);
    mock.get(PATH, NOT_MODIFIED);

    const answer = await conditional.get({ ...REQUEST, revalidate: true });

    expect(answer.source).toBe('unmodified');
    expect(mock.requests[1]?.headers['if-none-match']).toBe('"one"');
  });

  it('a caller who needs X-Pages asks without the validator', async () => {
    const { mock, conditional } = await warmHarness();
    mock.get(PATH, { ...FIRST, body: [4] });

    const answer = await conditional.get({ ...REQUEST, unconditional: true });

    expect(answer.source).toBe('modified');
    expect(mock.requests[1]?.headers).not.toHaveProperty('if-none-match');
    expect((await answer.body()).data).toEqual([4]);
  });

  it('another query of the same path is another answer, whatever its ETag', async () => {
    const { mock, conditional } = await warmHarness();
    mock.get(`${PATH}?page=2`, { body: [4, 5], headers: HEADERS });

    const answer = await conditional.get({ ...REQUEST, path: `${PATH}?page=2` });

    expect(answer.source).toBe('modified');
    expect((await answer.body()).data).toEqual([4, 5]);
    expect((await (await conditional.get(REQUEST)).body()).data).toEqual([1, 2, 3]);
  });
});

describe('after Expires', () => {
  it('a 304 renews what is kept, X-Pages included, which it does not carry', async () => {
    const { mock, conditional, clock, store } = await warmHarness();
    await clock.advance(LIFE_MS);
    mock.get(PATH, NOT_MODIFIED);

    const answer = await conditional.get(REQUEST);

    expect(mock.requests[1]?.headers['if-none-match']).toBe('"one"');
    expect(answer).toMatchObject({
      source: 'unmodified',
      lastModifiedMs: null,
      storedLastModifiedMs: NOW.getTime() - 600_000,
      servedAtMs: NOW.getTime() + LIFE_MS,
    });
    expect((await answer.body()).data).toEqual([1, 2, 3]);
    expect(store.headOf(PATH)).toEqual({
      etag: '"one"',
      lastModifiedMs: NOW.getTime() - 600_000,
      expiresAtMs: NOW.getTime() + LIFE_MS + 1_800_000,
      pages: 4,
      rows: 3,
    });
    expect(conditional.counters).toEqual({ fresh: 0, hits: 1, misses: 1 });
  });

  it('a 304 can tell a new Last-Modified; the caller still sees the stored one', async () => {
    const { mock, conditional, clock, store } = await warmHarness();
    await clock.advance(LIFE_MS);
    const headers = { ...NOT_MODIFIED.headers, 'last-modified': httpDate(1190) };
    mock.get(PATH, { ...NOT_MODIFIED, headers });

    const answer = await conditional.get(REQUEST);

    expect(answer.lastModifiedMs).toBe(NOW.getTime() + 1_190_000);
    expect(answer.head.lastModifiedMs).toBe(NOW.getTime() + 1_190_000);
    expect(answer.storedLastModifiedMs).toBe(NOW.getTime() - 600_000);
    expect(store.headOf(PATH)?.lastModifiedMs).toBe(NOW.getTime() + 1_190_000);
  });

  it('a 200 replaces what is kept', async () => {
    const { mock, conditional, clock, store } = await warmHarness();
    await clock.advance(LIFE_MS);
    mock.get(PATH, { body: [9], headers: { ...HEADERS, etag: '"two"', 'x-pages': '1' } });

    const answer = await conditional.get(REQUEST);

    expect(answer).toMatchObject({ source: 'modified', storedLastModifiedMs: null });
    expect((await answer.body()).data).toEqual([9]);
    expect(store.headOf(PATH)).toMatchObject({ etag: '"two"', pages: 1, rows: 1 });
    expect(conditional.counters).toEqual({ fresh: 0, hits: 0, misses: 2 });
  });

  it('an answer that came without an ETag is asked for without a validator', async () => {
    const { mock, conditional } = harness();
    mock.get(PATH, { body: [1] }, { body: [2] });
    await conditional.get(REQUEST);

    await conditional.get(REQUEST);

    expect(mock.requests[1]?.headers).not.toHaveProperty('if-none-match');
  });
});
