import type { Redis } from '../redis.ts';
import { parseShard } from '../sharding/shard.ts';
import { lockKeys } from './lock-keys.ts';

/** Who holds a lock on the server. */
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

/** The locks that are held now: that of a whole run, or those of shards. */
export async function findLockHolders(redis: Redis, prefix: string): Promise<LockHolder[]> {
  const { own: whole, barring: shards } = lockKeys(prefix);
  const count = await redis.run((client) => client.get(shards));
  const shard = count === null ? undefined : parseShard(`0/${count}`);
  const ofShards = typeof shard === 'object' ? (lockKeys(prefix, shard).shared?.holders ?? []) : [];
  const holders = await Promise.all([whole, ...ofShards].map((key) => findHolder(redis, key)));
  return holders.filter((holder) => holder !== undefined);
}

async function findHolder(redis: Redis, key: string): Promise<LockHolder | undefined> {
  const [runId, leftMs] = await Promise.all([
    redis.run((client) => client.get(key)),
    redis.run((client) => client.pTTL(key)),
  ]);
  return runId === null ? undefined : { key, runId, leftMs };
}
