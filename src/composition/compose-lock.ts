import { ConfigError, LockUnavailableError, reasonOf } from '../errors.ts';
import type { LeaseKeeper } from '../lock/lease-lock.ts';
import { LeaseLock } from '../lock/lease-lock.ts';
import type { HeldLock, Lock } from '../lock/lock.ts';
import { lockKey, RedisLease } from '../lock/redis-lease.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import type { CommandContext } from './command-context.ts';
import { withLeaseKeeper } from './compose-lease.ts';
import { placesIn } from './data-directory.ts';

/** Gives work the connection to Redis or Valkey, if one is set, and closes it afterwards. */
export async function withRedis<T>(
  context: CommandContext,
  work: (redis: Redis | undefined) => Promise<T>,
): Promise<T> {
  const { REDIS_URL: url } = context.config;
  if (url === undefined) return work(undefined);
  const redis = await openRedis(url, context);
  try {
    return await work(redis);
  } finally {
    redis.close();
  }
}

async function openRedis(url: string, { adapters, logger }: CommandContext): Promise<Redis> {
  try {
    return await adapters.connectRedis(url, logger);
  } catch (error) {
    if (/DB index/i.test(reasonOf(error))) throw noSuchDatabase(url, error);
    throw new LockUnavailableError(`the lock server cannot be reached: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function noSuchDatabase(url: string, cause: unknown): ConfigError {
  const number = new URL(url).pathname.slice(1);
  const fault = `REDIS_URL: the server has no database ${number}: ${reasonOf(cause)}`;
  return new ConfigError([fault], { cause });
}

/**
 * Runs work while the lock is held that keeps two runs from working at once: in Redis, else as a
 * lease in the database, else as a lock file where the database is embedded.
 *
 * @param mayMigrate whether the table of the lease may be made, where a server lacks it
 */
export async function withRunLock<T>(
  context: CommandContext,
  redis: Redis | undefined,
  mayMigrate: boolean,
  work: (held: HeldLock) => Promise<T>,
): Promise<T> {
  const { config, logger } = context;
  if (redis !== undefined) {
    const keeper = new RedisLease(redis, lockKey(config.REDIS_KEY_PREFIX));
    return withLock(leaseLock(keeper, context), logger, work);
  }
  if (config.DATABASE_URL !== undefined) {
    return withLeaseKeeper(context, mayMigrate, (keeper) =>
      withLock(leaseLock(keeper, context), logger, work),
    );
  }
  const { FileLock } = await import('../lock/file-lock.ts');
  return withLock(new FileLock(placesIn(config.DATA_DIR).runLock), logger, work);
}

function leaseLock(keeper: LeaseKeeper, { config, clock, logger, runId }: CommandContext): Lock {
  const ttlMs = config.LOCK_TTL_SECONDS * 1000;
  return new LeaseLock({ keeper, ttlMs, token: runId, clock, logger });
}

/** Runs work while the lock is held, and releases it whatever happens. */
export async function withLock<T>(
  lock: Lock,
  logger: Logger,
  work: (held: HeldLock) => Promise<T>,
): Promise<T> {
  const held = await lock.acquire();
  logger.debug('lock taken');
  try {
    return await work(held);
  } finally {
    await held.release().then(
      () => logger.info('lock released'),
      (error: unknown) => logger.error({ error }, 'lock could not be released'),
    );
  }
}
