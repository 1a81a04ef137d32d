import type { Redis } from '../redis.ts';
import type { LeaseKeeper } from './lease-lock.ts';

/** KEYS[1] lock, ARGV[1] token, ARGV[2] milliseconds to live: 1 when the lock was still ours. */
export const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS[1] lock, ARGV[1] token: 1 when the lock was still ours; another run's is never deleted. */
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** The key that a run holds while it is at work. @param prefix of all keys of the installation */
export function lockKey(prefix: string): string {
  return `${prefix}lock`;
}

/** A key in Redis or Valkey that holds the token. */
export class RedisLease implements LeaseKeeper {
  readonly name: string;
  readonly #redis: Redis;

  constructor(redis: Redis, key: string) {
    this.#redis = redis;
    this.name = key;
  }

  async take(token: string, ttlMs: number): Promise<boolean> {
    const options = { condition: 'NX', expiration: { type: 'PX', value: ttlMs } } as const;
    const taken = await this.#redis.run((client) => client.set(this.name, token, options));
    return taken !== null;
  }

  async renew(token: string, ttlMs: number, patienceMs: number): Promise<boolean> {
    const options = { keys: [this.name], arguments: [token, String(ttlMs)] };
    return (await this.#redis.run((client) => client.eval(RENEW, options), patienceMs)) === 1;
  }

  async giveBack(token: string): Promise<boolean> {
    const options = { keys: [this.name], arguments: [token] };
    return (await this.#redis.run((client) => client.eval(RELEASE, options))) === 1;
  }
}
