import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { LockLostError, LockUnavailableError } from '../../src/errors.ts';
import { LeaseLock } from '../../src/lock/lease-lock.ts';
import type { HeldLock } from '../../src/lock/lock.ts';
import { lockKey, RedisLease } from '../../src/lock/redis-lease.ts';
import type { RedisConnection } from '../../src/redis.ts';
import { type LogLine, recordLog } from '../support/recorded-log.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import { connectTo, onRedis, privateRedis } from '../support/use-redis.ts';
import { SteppedClock } from './stepped-clock.ts';

const TTL_MS = 60_000;
const RENEWAL_MS = TTL_MS / 3;
const RETRY_MS = 200;

function newLock(redis: RedisConnection, options: { clock?: SteppedClock; ttlMs?: number } = {}) {
  const log = recordLog();
  const lock = new LeaseLock({
    keeper: new RedisLease(redis, lockKey('')),
    ttlMs: TTL_MS,
    token: randomUUID(),
    clock: systemClock,
    logger: log.logger,
    ...options,
  });
  return { lock, lines: log.lines };
}

/** Stops a process as a machine that hangs would, and lets it go on when the test ends. */
function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => void process.kill(pid, 'SIGCONT'));
}

async function brokenConnection() {
  const server = await privateRedis();
  const proxy = await startProxy(server.url);
  onTestFinished(proxy.close);
  return { server, proxy, redis: await connectTo(proxy.url) };
}

function failsClosed(): void {
  test('cannot be asked for the lock when it is gone: the run fails closed', async () => {
    const server = await privateRedis();
    const { lock } = newLock(await connectTo(server.url));
    await server.stop();
    const startedAt = performance.now();
    await expect(lock.acquire()).rejects.toBeInstanceOf(LockUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(6000);
  });

  test('cannot be asked for the lock when it hangs: the run fails closed in bounded time', async () => {
    const server = await privateRedis();
    const { lock } = newLock(await connectTo(server.url));
    freeze(server.pid);
    const startedAt = performance.now();
    await expect(lock.acquire()).rejects.toBeInstanceOf(LockUnavailableError);
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });
}

function losesOrKeeps(): void {
  test('loses the lock when it hangs longer than the life of the lock', async () => {
    const ttlMs = 1500;
    const server = await privateRedis();
    const { lock } = newLock(await connectTo(server.url), { ttlMs });
    const held = await lock.acquire();
    await held.assertHeld();
    freeze(server.pid);
    const startedAt = performance.now();
    await vi.waitUntil(() => held.signal.aborted, { timeout: 10_000, interval: 5 });
    expect(performance.now() - startedAt).toBeLessThan(ttlMs + 1000);
    expect(held.signal.reason).toBeInstanceOf(LockLostError);
    await expect(held.assertHeld()).rejects.toBeInstanceOf(LockLostError);
  });

  test('keeps the lock through an outage that is shorter than its life', async () => {
    const { proxy, redis } = await brokenConnection();
    const clock = new SteppedClock();
    const { lock, lines } = newLock(redis, { clock });
    const held = await lock.acquire();
    proxy.cut();
    clock.advance(RENEWAL_MS);
    const stepsUntilRenewed = async () => {
      clock.advance(RETRY_MS);
      return redis
        .run((client) => client.pTTL('lock'))
        .then(
          (left) => left > 0,
          () => false,
        );
    };
    await vi.waitUntil(stepsUntilRenewed, { timeout: 10_000 });
    await held.assertHeld();
    expect(held.signal.aborted).toBe(false);
    expect(lines.map(({ level }) => level)).toContain('warn');
    await held.release();
  });

  test('loses the lock when it is away for longer than the life of the lock', async () => {
    const { proxy, redis } = await brokenConnection();
    const clock = new SteppedClock();
    const held = await newLock(redis, { clock }).lock.acquire();
    await proxy.close();
    const passTime = () => {
      clock.advance(RENEWAL_MS / 10);
      return held.signal.aborted;
    };
    await vi.waitUntil(passTime, { timeout: 10_000, interval: 10 });
    expect(held.signal.reason).toBeInstanceOf(LockLostError);
  });
}

function failsToRelease(): void {
  test('makes the release of the lock fail, in bounded time', async () => {
    const { proxy, redis } = await brokenConnection();
    const held = await newLock(redis).lock.acquire();
    await proxy.close();
    const startedAt = performance.now();
    await expect(held.release()).rejects.toBeInstanceOf(Error);
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });
}

function endsQuietly(): void {
  const isQuiet = (held: HeldLock, clock: SteppedClock, lines: readonly LogLine[]) => {
    const said = lines.length;
    expect(clock.sleeping).toBe(0);
    clock.advance(TTL_MS);
    expect(clock.sleeping).toBe(0);
    expect(lines).toHaveLength(said);
    expect(held.signal.aborted).toBe(false);
  };

  test('a renewal that waits to try again does so no more', async () => {
    const { proxy, redis } = await brokenConnection();
    const clock = new SteppedClock();
    const { lock, lines } = newLock(redis, { clock });
    const held = await lock.acquire();
    await proxy.close();
    clock.advance(RENEWAL_MS);
    await vi.waitUntil(() => lines.length > 0 && clock.sleeping === 1, { timeout: 10_000 });
    await expect(held.release()).rejects.toBeInstanceOf(Error);
    isQuiet(held, clock, lines);
  });

  test('a renewal under way is the last one', async () => {
    const { server, proxy, redis } = await brokenConnection();
    const clock = new SteppedClock();
    const { lock, lines } = newLock(redis, { clock });
    const held = await lock.acquire();
    freeze(server.pid);
    const commands = vi.spyOn(redis, 'run');
    clock.advance(RENEWAL_MS);
    await vi.waitUntil(() => commands.mock.calls.length === 1, { timeout: 10_000 });
    const released = held.release();
    proxy.cut();
    await expect(released).rejects.toBeInstanceOf(Error);
    await vi.waitUntil(() => lines.length > 0, { timeout: 10_000 });
    isQuiet(held, clock, lines);
    expect(commands).toHaveBeenCalledTimes(2);
  });
}

onRedis('a lock server that fails', () => {
  describe('before the lock is taken', failsClosed);
  describe('while the lock is held', losesOrKeeps);
  describe('when the lock is given back', failsToRelease);
  describe('after the lock was given back', endsQuietly);
});
