import { expect, it } from 'vitest';
import { EsiError } from '../../src/errors.ts';
import type { Claims } from '../../src/sharding/claims.ts';
import { MemoryCacheStore } from './cache/memory-cache-store.ts';
import { EsiHarness, failureOf, httpDate } from './esi-harness.ts';

/** Lets one work after the other, as claims on one server do. */
class Turns implements Claims {
  readonly names: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  readonly isWaiting = false;

  inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.names.push(name);
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  divide(): Promise<void> {
    throw new Error('static routes are not divided');
  }
}

const FRESH = { date: httpDate(0), expires: httpDate(1200) };

it('shards that need a static route at once ask for it once, in turn', async () => {
  const [store, claims] = [new MemoryCacheStore(), new Turns()];
  const [one, other] = [new EsiHarness({ store, claims }), new EsiHarness({ store, claims })];
  one.mock.get('/universe/groups/25', {
    body: { group_id: 25, category_id: 6, published: true },
    headers: FRESH,
  });

  const groups = await Promise.all([one.client.group(25), other.client.group(25)]);

  expect(groups[0]).toEqual(groups[1]);
  expect(groups[0]).toMatchObject({ groupId: 25, categoryId: 6 });
  expect(one.client.counters().requests + other.client.counters().requests).toBe(1);
  expect(claims.names).toEqual(['/universe/groups/25', '/universe/groups/25']);
});

it('a static route that fails for one shard is asked for by the next', async () => {
  const [store, claims] = [new MemoryCacheStore(), new Turns()];
  const [one, other] = [new EsiHarness({ store, claims }), new EsiHarness({ store, claims })];
  one.mock.get('/universe/regions', { status: 404 }, { body: [7], headers: FRESH });

  const failing = failureOf(one.client.regionIds());
  const regionIds = await other.client.regionIds();

  expect(await failing).toBeInstanceOf(EsiError);
  expect(regionIds).toEqual([7]);
});
