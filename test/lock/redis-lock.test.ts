import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock.ts';
import { LockHeldError, LockLostError } from '../../src/errors.ts';
import { LeaseLock, type LeaseLockOptions } from '../../src/lock/lease-lock.ts';
import type { HeldLock } from '../../src/lock/lock.ts';
import { lockKey, RedisLease } from '../../src/lock/redis-lease.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onRedis, type SharedRedis } from '../support/use-redis.ts';
import { conformsToLock } from './lock-conformance.ts';
import { SteppedClock } from './stepped-clock.ts';

const TTL_MS = 60_000;
const RENEWAL_MS = TTL_MS / 3;

/** A lock under a key of the test's own. */
function newPlace({ connection, client, prefix }: SharedRedis) {
  const key = lockKey(`${prefix}${randomUUID()}:`);
  const { logger } = recordLog();
  const newLock = (options: Partial<LeaseLockOptions> = {}) =>
    new LeaseLock({
      keeper: new RedisLease(connection, key),
      ttlMs: TTL_MS,
      token: randomUUID(),
      clock: systemClock,
      logger,
      ...options,
    });
  return { key, newLock, remove: async () => void (await client.del(key)) };
}

/** Takes a lock on a stepped clock, and gives it back when the test ends. */
async function hold(redis: SharedRedis) {
  const clock = new SteppedClock();
  const place = newPlace(redis);
  const held = await place.newLock({ clock }).acquire();
  onTestFinished(() => held.release().catch(() => undefined));
  return { clock, held, ...place };
}

async function lossOf({ signal }: HeldLock): Promise<unknown> {
  await vi.waitUntil(() => signal.aborted, { timeout: 10_000, interval: 5 });
  return signal.reason;
}

function keepsItsKey(redis: () => SharedRedis): void {
  test('the key has a random token and a life', async () => {
    const { key, held } = await hold(redis());
    const token = await redis().client.get(key);
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    const leftMs = await redis().client.pTTL(key);
    expect(leftMs).toBeGreaterThan(TTL_MS - 5000);
    expect(leftMs).toBeLessThanOrEqual(TTL_MS);
    await held.release();
    expect(await redis().client.exists(key)).toBe(0);
    const again = await hold(redis());
    expect(await redis().client.get(again.key)).not.toBe(token);
  });

  test('the wall clock is never asked, so that its jumps do no harm', async () => {
    const { clock, held } = await hold(redis());
    expect(() => clock.now()).toThrow();
    await held.assertHeld();
    clock.advance(RENEWAL_MS);
    await held.assertHeld();
    held.assertNotExpired();
    await held.release();
  });

  test('a lock that was taken by another program with a key like ours is held', async () => {
    const { key, newLock } = newPlace(redis());
    await redis().client.set(key, 'somebody else', { expiration: { type: 'PX', value: TTL_MS } });
    await expect(newLock().acquire()).rejects.toBeInstanceOf(LockHeldError);
    expect(await redis().client.get(key)).toBe('somebody else');
  });
}

function renews(redis: () => SharedRedis): void {
  test('a renewal, three times a life, gives the key its full life again', async () => {
    const { clock, key } = await hold(redis());
    for (const _renewal of [1, 2, 3, 4]) {
      await redis().client.pExpire(key, 5000);
      clock.advance(RENEWAL_MS);
      await vi.waitUntil(async () => (await redis().client.pTTL(key)) > TTL_MS - 5000);
      await vi.waitUntil(() => clock.sleeping === 1);
    }
  });

  test('the lock outlives its life time by far while its holder lives', async () => {
    const ttlMs = 2400;
    let sleeps = 0;
    const sleep: Clock['sleep'] = (milliseconds, signal) => {
      sleeps += 1;
      return systemClock.sleep(milliseconds, signal);
    };
    const { newLock } = newPlace(redis());
    const startedAt = performance.now();
    const held = await newLock({ ttlMs, clock: { ...systemClock, sleep } }).acquire();
    await vi.waitUntil(() => sleeps === 6, { timeout: 20_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(1.5 * ttlMs);
    await expect(newLock().acquire()).rejects.toBeInstanceOf(LockHeldError);
    await held.assertHeld();
    expect(held.signal.aborted).toBe(false);
    await held.release();
  });

  test('to ask whether the lock is held renews it', async () => {
    const { key, held } = await hold(redis());
    await redis().client.pExpire(key, 5000);
    await held.assertHeld();
    expect(await redis().client.pTTL(key)).toBeGreaterThan(TTL_MS - 5000);
  });

  test('a released lock is not renewed any more', async () => {
    const { clock, held } = await hold(redis());
    await vi.waitUntil(() => clock.sleeping === 1);
    await held.release();
    expect(clock.sleeping).toBe(0);
  });
}

function isLost(redis: () => SharedRedis): void {
  test('a deleted key is noticed by the next renewal, without being asked', async () => {
    const { clock, held, remove } = await hold(redis());
    await remove();
    clock.advance(RENEWAL_MS);
    expect(await lossOf(held)).toBeInstanceOf(LockLostError);
  });

  test('a stolen key is noticed by the next renewal, and its life is left alone', async () => {
    const { clock, held, key } = await hold(redis());
    await redis().client.set(key, 'thief', { expiration: { type: 'PX', value: 5000 } });
    clock.advance(RENEWAL_MS);
    expect(await lossOf(held)).toBeInstanceOf(LockLostError);
    expect(await redis().client.pTTL(key)).toBeLessThanOrEqual(5000);
    expect(clock.sleeping).toBe(0);
  });

  test('a process that slept through the life of its lock has lost it, whatever the key says', async () => {
    const { clock, held } = await hold(redis());
    clock.jump(TTL_MS);
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
    expect(held.signal.reason).toBeInstanceOf(LockLostError);
  });

  test('that its life has passed is known without asking the server', async () => {
    const { clock, held } = await hold(redis());
    clock.jump(TTL_MS - 1);
    held.assertNotExpired();
    clock.jump(1);
    expect(() => held.assertNotExpired()).toThrow(LockLostError);
    expect(held.signal.aborted).toBe(true);
  });

  test('the release of a lock that was deleted or stolen throws', async () => {
    const { held, key, remove } = await hold(redis());
    await remove();
    await expect(held.release()).rejects.toBeInstanceOf(LockLostError);
    const stolen = await hold(redis());
    await redis().client.set(stolen.key, 'thief');
    await expect(stolen.held.release()).rejects.toBeInstanceOf(LockLostError);
    expect(await redis().client.get(stolen.key)).toBe('thief');
    expect(await redis().client.exists(key)).toBe(0);
  });
}

onRedis('the lock in Redis', (redis) => {
  conformsToLock(async () => newPlace(redis()));
  describe('its key', () => keepsItsKey(redis));
  describe('renewal', () => renews(redis));
  describe('loss', () => isLost(redis));
});
