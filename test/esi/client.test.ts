import { describe, expect, it } from 'vitest';
import { EsiDownError, EsiError } from '../../src/errors.ts';
import { unlessEsiFails } from '../../src/esi/client.ts';
import { EsiHarness, failureOf, httpDate } from './esi-harness.ts';
import { contractRows } from './http/wire.ts';
import { listingPage, pathOf, REGION } from './listing-pages.ts';

const TYPE_PATH = '/universe/types/587';
const TYPE = { type_id: 587, name: 'Rifter', group_id: 25, published: true };
const NAMES_PATH = '/universe/names';
/** The first and three retries. */
const ATTEMPTS = 4;
const STATIC = { etag: 'W/"build"', date: httpDate(0), expires: httpDate(3600) };

describe('an item type', () => {
  it('is read, and not kept in the cache of answers', async () => {
    const { mock, client, store } = new EsiHarness();
    mock.get(TYPE_PATH, { body: TYPE, headers: STATIC });

    expect(await client.itemType(587)).toMatchObject({ typeId: 587, name: 'Rifter', groupId: 25 });
    expect(store.calls).toEqual([]);
  });

  it('that ESI does not know is none', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(TYPE_PATH, { status: 404, body: { error: 'Type not found!' } });

    expect(await client.itemType(587)).toBeUndefined();
  });

  it.each([
    { ...TYPE, group_id: '25' },
    { ...TYPE, name: null },
    { error: 'odd' },
    // Of another type: a cache of ESI has mixed up its answers.
    { ...TYPE, type_id: 588 },
    // The shape of EVE Ref's copies, not of ESI.
    { ...TYPE, name: { en: 'Rifter' } },
  ])('of another shape is an error that names the path: %j', async (body) => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(ATTEMPTS, TYPE_PATH, { body });

    const error = await failureOf(client.itemType(587));

    expect(error).toBeInstanceOf(EsiError);
    expect(error).toHaveProperty('message', expect.stringContaining(TYPE_PATH));
  });

  it.each(['<html>404</html>', '404 page not found', ''])(
    'is not unknown because a gateway says so: %j',
    async (body) => {
      const { mock, client } = new EsiHarness();
      mock.get(TYPE_PATH, { status: 404, body });

      expect(await failureOf(client.itemType(587))).toMatchObject({ status: 404 });
    },
  );
});

describe('an answer about something else than was asked for', () => {
  const region = { region_id: 10_000_043, name: 'Domain' };

  it('is an error for a type, a category and a group', async () => {
    const { mock, client } = new EsiHarness();
    mock.get(TYPE_PATH, { body: { ...TYPE, type_id: 34 } });
    mock.get('/universe/categories/6', { body: { category_id: 7, groups: [25] } });
    mock.get('/universe/groups/25', { body: { group_id: 6, category_id: 6, published: true } });

    expect(await failureOf(client.itemType(587))).toBeInstanceOf(EsiError);
    expect(await failureOf(client.category(6))).toBeInstanceOf(EsiError);
    expect(await failureOf(client.group(25))).toBeInstanceOf(EsiError);
  });

  it('names no region', async () => {
    const { mock, client } = new EsiHarness();
    mock.post(NAMES_PATH, { body: [{ id: 10_000_043, name: 'The Forge' }] });
    expect(await client.regionNames([10_000_002])).toEqual(new Map());

    mock.post(NAMES_PATH, { status: 404 });
    mock.get('/universe/regions/10000002', { body: region });
    expect(await client.regionNames([10_000_002])).toEqual(new Map());
  });
});

describe('the static routes', () => {
  it('tell regions, categories and groups', async () => {
    const { mock, client } = new EsiHarness();
    mock.get('/universe/regions', { body: [10_000_002, 10_000_043], headers: STATIC });
    mock.get('/universe/categories', { body: [6, 7], headers: STATIC });
    mock.get('/universe/categories/6', {
      body: { category_id: 6, name: 'Ship', published: true, groups: [25] },
    });
    const group = { group_id: 25, name: 'Frigate', category_id: 6, published: true };
    mock.get('/universe/groups/25', { body: group });

    expect(await client.regionIds()).toEqual([10_000_002, 10_000_043]);
    expect(await client.categoryIds()).toEqual([6, 7]);
    expect(await client.category(6)).toEqual({
      categoryId: 6,
      name: 'Ship',
      published: true,
      groupIds: [25],
    });
    expect(await client.group(25)).toEqual({
      groupId: 25,
      name: 'Frigate',
      categoryId: 6,
      published: true,
    });
  });

  it('are asked once before they expire, each by its own path', async () => {
    const { mock, client, clock } = new EsiHarness();
    mock.get('/universe/regions', { body: [10_000_002], headers: STATIC });
    mock.get('/universe/categories', { body: [6], headers: STATIC });
    await client.regionIds();
    await client.categoryIds();
    await clock.advance(3_599_999);

    expect(await client.regionIds()).toEqual([10_000_002]);
    expect(await client.categoryIds()).toEqual([6]);
    expect(mock.requests).toHaveLength(2);
  });

  it.each([
    { body: [10_000_002, 'x'], of: 'a broken element' },
    { body: [null], of: 'null' },
    { body: [], of: 'nothing' },
  ])('are an error with $of, which is not kept', async ({ body }) => {
    const { mock, client } = new EsiHarness();
    mock.getTimes(ATTEMPTS, '/universe/regions', { body, headers: STATIC });

    expect(await failureOf(client.regionIds())).toMatchObject({ name: 'EsiError', status: 200 });

    mock.get('/universe/regions', { body: [10_000_002] });
    expect(await client.regionIds()).toEqual([10_000_002]);
  });

  it('are an error when they tell of another than was asked for', async () => {
    const { mock, client } = new EsiHarness();
    const category = { category_id: 7, groups: [53] };
    const group = { group_id: 53, category_id: 7, published: true };
    mock.getTimes(ATTEMPTS, '/universe/categories/6', { body: category });
    mock.getTimes(ATTEMPTS, '/universe/groups/25', { body: group });

    await expect(client.category(6)).rejects.toThrow('another categoryId than asked for');
    await expect(client.group(25)).rejects.toThrow('another groupId than asked for');
  });

  it.each([404, 400])('are an error with status %d', async (status) => {
    const { mock, client } = new EsiHarness();
    mock.get('/universe/groups/25', { status });

    expect(await failureOf(client.group(25))).toMatchObject({ name: 'EsiError', status });
  });
});

describe('the names of regions', () => {
  it('are had by one request for all', async () => {
    const { mock, client } = new EsiHarness();
    const body = [{ id: 10_000_002, name: 'The Forge', category: 'region' }];
    mock.post(NAMES_PATH, { body });

    expect(await client.regionNames([10_000_002])).toEqual(new Map([[10_000_002, 'The Forge']]));
    expect(mock.requests[0]?.body).toEqual([10_000_002]);
  });

  it('are asked for a thousand at a time', async () => {
    const { mock, client } = new EsiHarness();
    const ids = Array.from({ length: 2001 }, (_, index) => 10_000_000 + index);
    const named = (id: number) => ({ id, name: `Region ${id}` });
    mock.post(
      NAMES_PATH,
      { body: ids.slice(0, 1000).map(named) },
      { body: ids.slice(1000, 2000).map(named) },
      { body: ids.slice(2000).map(named) },
    );

    expect((await client.regionNames(ids)).size).toBe(2001);
    expect(mock.requests.map(({ body }) => (body as number[]).length)).toEqual([1000, 1000, 1]);
  });

  it('are none of no region, without a request', async () => {
    const { mock, client } = new EsiHarness();

    expect((await client.regionNames([])).size).toBe(0);
    expect(mock.requests).toEqual([]);
  });

  it('are asked for region by region when ESI refuses the batch; what fails has no name', async () => {
    const { mock, client } = new EsiHarness();
    mock.post(NAMES_PATH, { status: 404, body: { error: 'Ensure all IDs are valid' } });
    mock.get('/universe/regions/10000002', { body: { region_id: 10_000_002, name: 'The Forge' } });
    mock.get('/universe/regions/99', { status: 404 });
    mock.get('/universe/regions/10000043', { body: { region_id: 10_000_043, name: 'Domain' } });

    expect(await client.regionNames([10_000_002, 99, 10_000_043])).toEqual(
      new Map([
        [10_000_002, 'The Forge'],
        [10_000_043, 'Domain'],
      ]),
    );
  });

  it('are given up after three regions that fail: they are not worth more errors', async () => {
    const { mock, client } = new EsiHarness();
    mock.post(NAMES_PATH, { status: 404 });
    for (const regionId of [1, 2, 3]) mock.get(`/universe/regions/${regionId}`, { status: 404 });

    expect((await client.regionNames([1, 2, 3, 4, 5])).size).toBe(0);
    expect(client.counters().requests).toBe(4);
  });
});

describe('the counters', () => {
  it('tell requests, retries, errors and what the cache was good for', async () => {
    const { mock, client } = new EsiHarness();
    const page = listingPage({ rows: contractRows(1, 1) });
    mock.get(pathOf(1), { status: 429, headers: { 'retry-after': '30' } }, page);
    mock.get(TYPE_PATH, { status: 404 });

    await client.publicContracts(REGION);
    await client.publicContracts(REGION);
    await client.itemType(587);

    expect(client.counters()).toEqual({
      requests: 3,
      cacheFresh: 1,
      cacheHits: 0,
      cacheMisses: 1,
      retries: 1,
      errors: 2,
      waitedMs: 29_750,
    });
  });

  it('are all 0 at first', () => {
    expect(new Set(Object.values(new EsiHarness().client.counters()))).toEqual(new Set([0]));
  });
});

describe('what the program can do without', () => {
  it.each([new EsiError('no answer'), new EsiDownError('down')])(
    'is nothing after an $name',
    async (error) => {
      expect(await unlessEsiFails(() => Promise.reject(error))).toBeUndefined();
    },
  );

  it('is the answer when there is one, and no excuse for another error', async () => {
    const fault = new TypeError('fault');

    expect(await unlessEsiFails(async () => 7)).toBe(7);
    await expect(unlessEsiFails(() => Promise.reject(fault))).rejects.toBe(fault);
  });
});
