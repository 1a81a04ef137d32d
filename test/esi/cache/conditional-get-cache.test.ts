import { describe, expect, it } from 'vitest';
import { ConditionalGet, type ConditionalRequest } from '../../../src/esi/cache/conditional-get.ts';
import { EsiHarness, httpDate } from '../esi-harness.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';

const PATH = '/universe/regions';
const REQUEST: ConditionalRequest = {
  path: PATH,
  route: 'universe/regions',
  shape: 'array',
  maxLifeSeconds: 1800,
};
const HEADERS = { etag: '"one"', date: httpDate(0), expires: httpDate(1200) };
const FIRST = { body: [1, 2, 3], headers: HEADERS };
const SECOND = { body: [4], headers: { ...HEADERS, etag: '"two"' } };
const NOT_MODIFIED = { status: 304, headers: { etag: '"one"' } };
const LIFE_MS = 1_200_000;

/** A client of a new run, over the cache of an earlier one. */
function clientOver(store: MemoryCacheStore, isReadOnly = false) {
  const esi = new EsiHarness({ store, isReadOnly });
  return { ...esi, conditional: new ConditionalGet(esi.http, esi.cache, esi.clock) };
}

async function warmStore(): Promise<MemoryCacheStore> {
  const store = new MemoryCacheStore();
  const { mock, conditional } = clientOver(store);
  mock.get(PATH, FIRST);
  await conditional.get(REQUEST);
  store.calls.length = 0;
  return store;
}

describe('a cache that lost a body', () => {
  it('leads to a question without validator after a 304', async () => {
    const store = await warmStore();
    const { mock, conditional, clock } = clientOver(store);
    await clock.advance(LIFE_MS);
    store.bodies.clear();
    mock.get(PATH, NOT_MODIFIED, SECOND);

    const body = await (await conditional.get(REQUEST)).body();

    expect(body.data).toEqual([4]);
    expect(body.head).toMatchObject({ etag: '"two"', rows: 1 });
    expect(mock.requests.map(({ headers }) => headers['if-none-match'])).toEqual([
      '"one"',
      undefined,
    ]);
  });

  it('leads to a question without validator also before Expires', async () => {
    const store = await warmStore();
    store.bodies.clear();
    const { mock, conditional } = clientOver(store);
    mock.get(PATH, SECOND);

    const body = await (await conditional.get(REQUEST)).body();

    expect(body.data).toEqual([4]);
    expect(store.headOf(PATH)).toMatchObject({ etag: '"two"' });
  });

  it('leads to nothing while nobody asks for the body', async () => {
    const store = await warmStore();
    store.bodies.clear();
    const { mock, conditional } = clientOver(store);

    expect((await conditional.get(REQUEST)).source).toBe('fresh');
    expect(mock.requests).toEqual([]);
  });

  it('with its head leads to a question without validator', async () => {
    const store = await warmStore();
    store.bodies.clear();
    store.heads.clear();
    const { mock, conditional } = clientOver(store);
    mock.get(PATH, SECOND);

    expect((await conditional.get(REQUEST)).source).toBe('modified');
    expect(mock.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });
});

describe('a cache that cannot be read', () => {
  it('is a miss, told at debug level', async () => {
    const store = await warmStore();
    store.isBroken = true;
    const { mock, conditional, logLines } = clientOver(store);
    mock.get(PATH, SECOND);

    const answer = await conditional.get(REQUEST);

    expect(answer.source).toBe('modified');
    expect((await answer.body()).data).toEqual([4]);
    expect(logLines.length).toBeGreaterThan(0);
    for (const line of logLines) expect(JSON.parse(line)).toMatchObject({ level: 'debug' });
  });

  it('is a miss when it breaks between head and body', async () => {
    const store = await warmStore();
    const { mock, conditional } = clientOver(store);
    const answer = await conditional.get(REQUEST);
    store.isBroken = true;
    mock.get(PATH, SECOND);

    expect((await answer.body()).data).toEqual([4]);
  });

  it('is a miss when what it holds is garbage', async () => {
    const store = await warmStore();
    store.heads.set(PATH, '{"etag":');
    const { mock, conditional } = clientOver(store);
    mock.get(PATH, SECOND);

    expect((await conditional.get(REQUEST)).source).toBe('modified');
  });

  it('is a miss when the body it holds is garbage', async () => {
    const store = await warmStore();
    store.bodies.set(PATH, Buffer.from('no gzip'));
    const { mock, conditional } = clientOver(store);
    mock.get(PATH, SECOND);

    expect((await (await conditional.get(REQUEST)).body()).data).toEqual([4]);
  });
});

describe('a cache that is read only', () => {
  it('answers, and is left as it is by a 304', async () => {
    const store = await warmStore();
    const before = store.heads.get(PATH);
    const { mock, conditional, clock } = clientOver(store, true);
    await clock.advance(LIFE_MS);
    mock.get(PATH, NOT_MODIFIED);

    expect((await (await conditional.get(REQUEST)).body()).data).toEqual([1, 2, 3]);
    expect(new Set(store.calls)).toEqual(new Set(['readHead', 'readBody']));
    expect(store.heads.get(PATH)).toBe(before);
  });

  it('stores nothing new', async () => {
    const store = new MemoryCacheStore();
    const { mock, conditional } = clientOver(store, true);
    mock.get(PATH, FIRST);

    expect((await (await conditional.get(REQUEST)).body()).data).toEqual([1, 2, 3]);
    expect(store.calls).toEqual(['readHead']);
    expect(store.heads.size + store.bodies.size).toBe(0);
  });
});
