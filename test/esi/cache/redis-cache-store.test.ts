import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RedisCacheStore } from '../../../src/esi/cache/redis-cache-store.ts';
import { onRedis, type SharedRedis } from '../../support/use-redis.ts';
import { conformsToCacheStore } from './cache-conformance.ts';

const WEEK_SECONDS = 7 * 24 * 3600;
const BODY = Buffer.from([0xff, 0x00, 0x0a]);

function newStore({ connection, prefix }: SharedRedis) {
  const name = `${prefix}${randomUUID()}:`;
  return { prefix: name, store: new RedisCacheStore(connection, name) };
}

onRedis('cache records in Redis', (redis) => {
  conformsToCacheStore(async () => newStore(redis()).store);

  test('lie under the prefix, as one hash each', async () => {
    const { prefix, store } = newStore(redis());
    await store.write('a', 'head', BODY);
    await store.write('b', 'head', BODY);
    const keys = await redis().client.keys(`${prefix}*`);
    expect(keys.sort()).toEqual([`${prefix}a`, `${prefix}b`]);
    expect(await redis().client.type(`${prefix}a`)).toBe('hash');
    expect(await redis().client.hKeys(`${prefix}a`)).toEqual(['head', 'body']);
  });

  test('of different prefixes know nothing of each other', async () => {
    const [first, second] = [newStore(redis()), newStore(redis())];
    await first.store.write('key', 'head', BODY);
    expect(await second.store.readHead('key')).toBeUndefined();
  });

  describe('go after a week', () => {
    const ttlOf = (key: string) => redis().client.ttl(key);

    test('in which nobody wrote them', async () => {
      const { prefix, store } = newStore(redis());
      await store.write('key', 'head', BODY);
      const ttl = await ttlOf(`${prefix}key`);
      expect(ttl).toBeGreaterThan(WEEK_SECONDS - 60);
      expect(ttl).toBeLessThanOrEqual(WEEK_SECONDS);
    });

    test('and a new head or record begins the week anew', async () => {
      const { prefix, store } = newStore(redis());
      await store.write('key', 'head', BODY);
      await redis().client.expire(`${prefix}key`, 100);
      await store.replaceHead('key', 'newer');
      expect(await ttlOf(`${prefix}key`)).toBeGreaterThan(WEEK_SECONDS - 60);
      await redis().client.expire(`${prefix}key`, 100);
      await store.write('key', 'newest', BODY);
      expect(await ttlOf(`${prefix}key`)).toBeGreaterThan(WEEK_SECONDS - 60);
    });
  });

  test('whose body was lost get no new head', async () => {
    const { prefix, store } = newStore(redis());
    await store.write('key', 'head', BODY);
    await redis().client.hDel(`${prefix}key`, 'body');
    await store.replaceHead('key', 'newer');
    expect(await store.readHead('key')).toBe('head');
    expect(await store.readBody('key')).toBeUndefined();
  });
});
