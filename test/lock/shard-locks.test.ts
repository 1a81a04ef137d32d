import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { LockHeldError, LockLostError } from '../../src/errors.ts';
import type { HeldLock } from '../../src/lock/lock.ts';
import { lockKeys } from '../../src/lock/lock-keys.ts';
import { RedisLock } from '../../src/lock/redis-lock.ts';
import type { Shard } from '../../src/sharding/shard.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onRedis, type SharedRedis } from '../support/use-redis.ts';
import { SteppedClock } from './stepped-clock.ts';

const TTL_MS = 60_000;
const [FIRST, SECOND, THIRD] = [0, 1, 2].map((index) => ({ index, count: 3 })) as [
  Shard,
  Shard,
  Shard,
];

interface TakeOptions {
  readonly ttlMs?: number;
  readonly clock?: Clock;
}

/** One installation, whose runs take their locks as whole runs or as shards. */
function newInstallation({ connection, client, prefix }: SharedRedis) {
  const keyPrefix = `${prefix}${randomUUID()}:`;
  const { logger } = recordLog();
  const take = async (shard?: Shard, { ttlMs = TTL_MS, clock = systemClock }: TakeOptions = {}) => {
    const keys = lockKeys(keyPrefix, shard);
    const token = randomUUID();
    const options = { redis: connection, keys, ttlMs, token, clock, logger };
    const held = await new RedisLock(options).acquire();
    onTestFinished(() => held.release().catch(() => undefined));
    return held;
  };
  const refuses = (shard?: Shard) =>
    expect(take(shard)).rejects.toSatisfy((error) => error instanceof LockHeldError);
  return { take, refuses, client, key: (name: string) => keyPrefix + name, prefix: keyPrefix };
}

function areKept(redis: () => SharedRedis): void {
  test('all shards of a division hold theirs at once, and each only once', async () => {
    const { take, refuses } = newInstallation(redis());
    const held = await Promise.all([take(FIRST), take(SECOND), take(THIRD)]);
    await refuses(SECOND);
    for (const one of held) await one.assertHeld();
    await (held[1] as HeldLock).release();
    await (await take(SECOND)).assertHeld();
  });

  test('a whole run and shards refuse each other, and say which key is in the way', async () => {
    const { take, refuses, key } = newInstallation(redis());
    const whole = await take();
    await refuses(FIRST);
    await expect(take(FIRST)).rejects.toThrow(key('lock'));
    await whole.release();
    const shard = await take(SECOND);
    await refuses();
    await expect(take()).rejects.toThrow(key('lock:shards'));
    await shard.release();
    await (await take()).assertHeld();
  });

  test('shards of another division are refused until the last shard is done', async () => {
    const { take, refuses } = newInstallation(redis());
    const other = { index: 1, count: 2 };
    const [first, second] = [await take(FIRST), await take(SECOND)];
    await refuses(other);
    await first.release();
    await refuses(other);
    await second.release();
    const held = await take(other);
    await refuses(THIRD);
    await held.assertHeld();
  });

  test('nothing is left in Redis when the last shard is done', async () => {
    const { take, client, prefix, key } = newInstallation(redis());
    const held = [await take(FIRST), await take(THIRD)];
    expect((await client.keys(`${prefix}*`)).sort()).toEqual(
      ['lock:0/3', 'lock:2/3', 'lock:shards'].map(key),
    );
    for (const one of held) await one.release();
    expect(await client.keys(`${prefix}*`)).toEqual([]);
  });

  test('of a whole run and many shards at once, one kind wins', async () => {
    const { take } = newInstallation(redis());
    const kinds = [undefined, FIRST, undefined, SECOND, { index: 0, count: 2 }, undefined, THIRD];
    const taken = await Promise.allSettled(kinds.map((shard) => take(shard)));
    const winners = kinds.filter((_, index) => taken[index]?.status === 'fulfilled');
    expect(new Set(winners.map((shard) => shard?.count)).size).toBe(1);
    expect(winners.length).toBeGreaterThan(0);
  });
}

function areRenewed(redis: () => SharedRedis): void {
  test('the common key lives as long as the shard that lives longest', async () => {
    const { take, client, key } = newInstallation(redis());
    await take(FIRST, { ttlMs: 300_000 });
    const short = await take(SECOND, { ttlMs: 5000 });
    await short.assertHeld();
    expect(await client.pTTL(key('lock:shards'))).toBeGreaterThan(200_000);
    await client.pExpire(key('lock:shards'), 1000);
    await short.assertHeld();
    expect(await client.pTTL(key('lock:shards'))).toBeGreaterThan(3000);
  });

  test('a renewal brings the common key back when it is gone', async () => {
    const { take, refuses, client, key } = newInstallation(redis());
    const clock = new SteppedClock();
    await take(FIRST, { clock });
    await client.del(key('lock:shards'));
    clock.advance(TTL_MS / 3);
    await vi.waitUntil(async () => (await client.get(key('lock:shards'))) === '3');
    await refuses();
  });

  test.each([
    ['a whole run', undefined],
    ['another division', { index: 0, count: 2 }],
  ])('a shard whose common key was taken away for %s has lost its lock', async (_name, other) => {
    const { take, client, key } = newInstallation(redis());
    const shard = await take(FIRST);
    await client.del(key('lock:shards'));
    const thief = await take(other);
    await expect(shard.assertHeld()).rejects.toBeInstanceOf(LockLostError);
    await thief.assertHeld();
  });

  test('a shard that died leaves nothing behind when its life has passed', async () => {
    const { take, client, key } = newInstallation(redis());
    await client.set(key('lock:1/3'), 'dead', { expiration: { type: 'PX', value: 300 } });
    await client.set(key('lock:shards'), '3', { expiration: { type: 'PX', value: 300 } });
    await expect(take(SECOND)).rejects.toBeInstanceOf(LockHeldError);
    await vi.waitUntil(async () => (await client.exists(key('lock:shards'))) === 0);
    await (await take()).assertHeld();
  });
}

onRedis('locks of shards', (redis) => {
  areKept(redis);
  areRenewed(redis);
});
