import { describe, expect, it } from 'vitest';
import { ConditionalGet, type ConditionalRequest } from '../../../src/esi/cache/conditional-get.ts';
import { EsiHarness, httpDate } from '../esi-harness.ts';
import { MemoryCacheStore } from './memory-cache-store.ts';

const PATH = '/contracts/public/10000002?page=1';
const MAX_LIFE_SECONDS = 1800;
const REQUEST: ConditionalRequest = {
  path: PATH,
  route: 'contracts/public',
  shape: 'array',
  maxLifeSeconds: MAX_LIFE_SECONDS,
};
const HOUR = 3600;
const CENTURY = 100 * 365 * 24 * HOUR;

interface Case {
  readonly when: string;
  readonly date?: string;
  readonly expires?: string;
  /** For how long nothing is asked. */
  readonly lifeSeconds: number;
}

const CASES: readonly Case[] = [
  { when: 'Expires is ahead', date: httpDate(0), expires: httpDate(600), lifeSeconds: 600 },
  { when: 'Expires is missing', date: httpDate(0), lifeSeconds: 0 },
  { when: 'Expires is garbage', date: httpDate(0), expires: 'soon', lifeSeconds: 0 },
  { when: 'Expires is 0', date: httpDate(0), expires: '0', lifeSeconds: 0 },
  { when: 'Expires is past', date: httpDate(0), expires: httpDate(-600), lifeSeconds: 0 },
  {
    when: 'Expires is a century ahead',
    date: httpDate(0),
    expires: httpDate(CENTURY),
    lifeSeconds: MAX_LIFE_SECONDS,
  },
  {
    when: "the server's clock is an hour ahead",
    date: httpDate(HOUR),
    expires: httpDate(HOUR + 600),
    lifeSeconds: 600,
  },
  {
    when: "the server's clock is an hour behind",
    date: httpDate(-HOUR),
    expires: httpDate(-HOUR + 600),
    lifeSeconds: 600,
  },
  { when: 'Date is missing', expires: httpDate(600), lifeSeconds: 600 },
  { when: 'Date is garbage', date: 'now', expires: httpDate(600), lifeSeconds: 600 },
];

function headersOf({ date, expires }: Case): Record<string, string> {
  return {
    etag: '"tag"',
    'last-modified': httpDate(-600),
    ...(date === undefined ? {} : { date }),
    ...(expires === undefined ? {} : { expires }),
  };
}

async function sourceAfter(seconds: number, one: Case, isRenewed: boolean): Promise<string> {
  const { mock, http, cache, clock } = new EsiHarness();
  const conditional = new ConditionalGet(http, cache, clock);
  const headers = headersOf(one);
  mock.get(PATH, { body: [], headers: isRenewed ? { etag: '"tag"' } : headers });
  await conditional.get(REQUEST);
  if (isRenewed) {
    mock.get(PATH, { status: 304, headers });
    await conditional.get(REQUEST);
  }
  await clock.advance(seconds * 1000 - 1);
  const source = (await conditional.get(REQUEST)).source;
  if (source !== 'fresh') throw new Error('asked before its time');
  await clock.advance(1);
  mock.get(PATH, { status: 304 });
  return (await conditional.get(REQUEST)).source;
}

describe('an answer is fresh', () => {
  it.each(CASES.filter(({ lifeSeconds }) => lifeSeconds > 0))(
    'for $lifeSeconds s when $when',
    async (one) => {
      expect(await sourceAfter(one.lifeSeconds, one, false)).toBe('unmodified');
    },
  );

  it.each(CASES.filter(({ lifeSeconds }) => lifeSeconds > 0))(
    'for $lifeSeconds s when $when in a 304',
    async (one) => {
      expect(await sourceAfter(one.lifeSeconds, one, true)).toBe('unmodified');
    },
  );

  it.each(CASES.filter(({ lifeSeconds }) => lifeSeconds === 0))(
    'at no time when $when',
    async (one) => {
      const { mock, http, cache, clock } = new EsiHarness();
      const conditional = new ConditionalGet(http, cache, clock);
      mock.get(PATH, { body: [], headers: headersOf(one) }, { status: 304 });
      await conditional.get(REQUEST);

      expect((await conditional.get(REQUEST)).source).toBe('unmodified');
    },
  );
});

describe("the time at ESI's clock", () => {
  it('is that of its Date, or ours when it sends none', async () => {
    const { mock, http, cache, clock } = new EsiHarness();
    const conditional = new ConditionalGet(http, cache, clock);
    mock.get(PATH, { body: [], headers: { date: httpDate(HOUR) } }, { body: [] });

    const dated = await conditional.get(REQUEST);
    const undated = await conditional.get(REQUEST);

    expect(dated.servedAtMs).toBe(clock.now().getTime() + HOUR * 1000);
    expect(undated.servedAtMs).toBe(clock.now().getTime());
  });
});

describe('an answer that was kept while the clock of this machine was ahead', () => {
  async function sourceWhenSetBack(byMs: number): Promise<string> {
    const store = new MemoryCacheStore();
    const ahead = new EsiHarness({ store });
    await ahead.clock.advance(byMs);
    const headers = { date: httpDate(0), expires: httpDate(MAX_LIFE_SECONDS), etag: '"tag"' };
    ahead.mock.get(PATH, { body: [], headers });
    await new ConditionalGet(ahead.http, ahead.cache, ahead.clock).get(REQUEST);
    const right = new EsiHarness({ store });
    const conditional = new ConditionalGet(right.http, right.cache, right.clock);
    if (byMs >= HOUR * 1000) right.mock.get(PATH, { status: 304 });
    return (await conditional.get(REQUEST)).source;
  }

  it('is asked for when the clock is set right, however long it would have been kept', async () => {
    expect(await sourceWhenSetBack(HOUR * 1000)).toBe('unmodified');
    expect(await sourceWhenSetBack(CENTURY * 1000)).toBe('unmodified');
  });

  it('is fresh all the same when the clock was ahead by a little', async () => {
    expect(await sourceWhenSetBack(240_000)).toBe('fresh');
  });
});
