import type { Clock } from '../clock.ts';
import { LockHeldError, LockLostError, LockUnavailableError, reasonOf } from '../errors.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import type { HeldLock, Lock } from './lock.ts';

/** KEYS[1] lock, ARGV[1] token, ARGV[2] milliseconds to live: 1 when the lock was still ours. */
export const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS[1] lock, ARGV[1] token: 1 when the lock was still ours; another run's is never deleted. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

const RENEWALS_PER_LIFE = 3;
const RETRY_DELAY_MS = 200;

/** The key that a run holds while it is at work. @param prefix of all keys of the installation */
export function lockKey(prefix: string): string {
  return `${prefix}lock`;
}

export interface RedisLockOptions {
  readonly redis: Redis;
  readonly key: string;
  readonly ttlMs: number;
  /** Random, and no other run's. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A key with the run's token and a life time, renewed while the run lives. */
export class RedisLock implements Lock {
  readonly #options: RedisLockOptions;

  constructor(options: RedisLockOptions) {
    this.#options = options;
  }

  async acquire(): Promise<HeldLock> {
    const { redis, key, token, ttlMs, clock } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const options = { condition: 'NX', expiration: { type: 'PX', value: ttlMs } } as const;
    const taken = await this.#ask(() => redis.run((client) => client.set(key, token, options)));
    if (taken === null) throw new LockHeldError(`another run holds the lock ${key}`);
    return new HeldRedisLock(this.#options, askedAtMs + ttlMs);
  }

  async #ask<T>(command: () => Promise<T>): Promise<T> {
    try {
      return await command();
    } catch (error) {
      throw new LockUnavailableError(`the lock server cannot be asked: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  }
}

class HeldRedisLock implements HeldLock {
  readonly #options: RedisLockOptions;
  readonly #loss = new AbortController();
  readonly #stopped = new AbortController();
  readonly #ended = AbortSignal.any([this.#stopped.signal, this.#loss.signal]);
  /** By the monotonic clock; a wrong or jumping wall clock does no harm. */
  #heldUntilMs: number;

  constructor(options: RedisLockOptions, heldUntilMs: number) {
    this.#options = options;
    this.#heldUntilMs = heldUntilMs;
    void this.#renewRegularly();
  }

  get signal(): AbortSignal {
    return this.#loss.signal;
  }

  async assertHeld(): Promise<void> {
    this.#loss.signal.throwIfAborted();
    await this.#renew();
    this.#loss.signal.throwIfAborted();
  }

  assertNotExpired(): void {
    const { clock } = this.#options;
    if (clock.monotonicMs() >= this.#heldUntilMs) this.#lose('its life passed');
    this.#loss.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    this.#stopped.abort();
    const { redis, key, token } = this.#options;
    const options = { keys: [key], arguments: [token] };
    const deleted = await redis.run((client) => client.eval(RELEASE, options));
    if (deleted !== 1) throw new LockLostError('the lock was not ours any more');
  }

  async #renewRegularly(): Promise<void> {
    const { clock, ttlMs } = this.#options;
    while (!this.#ended.aborted) {
      await clock.sleep(ttlMs / RENEWALS_PER_LIFE, this.#ended).catch(() => undefined);
      await this.#renew();
    }
  }

  /** Asks until there is an answer or the life of the lock has passed. */
  async #renew(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#ended.aborted) {
      const askedAtMs = clock.monotonicMs();
      if (askedAtMs >= this.#heldUntilMs)
        return this.#lose('its life passed before it was renewed');
      try {
        if (!(await this.#sendRenewal()))
          return this.#lose('another run holds it, or it was deleted');
        this.#heldUntilMs = askedAtMs + this.#options.ttlMs;
        return;
      } catch (error) {
        logger.warn({ error }, 'lock could not be renewed; trying again');
        await clock.sleep(RETRY_DELAY_MS, this.#ended).catch(() => undefined);
      }
    }
  }

  async #sendRenewal(): Promise<boolean> {
    const { redis, key, token, ttlMs, clock } = this.#options;
    const options = { keys: [key], arguments: [token, String(ttlMs)] };
    const leftMs = Math.max(1, this.#heldUntilMs - clock.monotonicMs());
    return (await redis.run((client) => client.eval(RENEW, options), leftMs)) === 1;
  }

  #lose(reason: string): void {
    this.#loss.abort(new LockLostError(`the lock ${this.#options.key} was lost: ${reason}`));
  }
}
