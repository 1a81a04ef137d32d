import type { Redis } from '../redis.ts';
import { lockKey } from './redis-lease.ts';

/** Who holds the lock on the server. */
export interface LockHolder {
  readonly key: string;
  /** The id of the run. */
  readonly runId: string;
  /** Milliseconds until the lock ends unless the run renews it. */
  readonly leftMs: number;
}

/** Does to a key that nobody has what a run does to its lock; so nothing is written. */
const TRY_RIGHTS = `
redis.call('SET', KEYS[1], ARGV[1], 'XX', 'PX', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('HEXISTS', KEYS[1], 'body')
return redis.call('DEL', KEYS[1])`;

/** @throws the client's error when the user may not do what a run does, or the server writes nothing */
export async function tryRights(redis: Redis, prefix: string, token: string): Promise<void> {
  const options = { keys: [`${prefix}doctor:${token}`], arguments: [token, '1'] };
  await redis.run((client) => client.eval(TRY_RIGHTS, options));
}

/** Who holds the lock now; undefined when it is free. */
export async function findLockHolder(
  redis: Redis,
  prefix: string,
): Promise<LockHolder | undefined> {
  const key = lockKey(prefix);
  const [runId, leftMs] = await Promise.all([
    redis.run((client) => client.get(key)),
    redis.run((client) => client.pTTL(key)),
  ]);
  return runId === null ? undefined : { key, runId, leftMs };
}
