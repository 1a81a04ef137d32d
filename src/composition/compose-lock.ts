import { LockUnavailableError, reasonOf } from '../errors.ts';
import type { HeldLock, Lock } from '../lock/lock.ts';
import { lockKey, RedisLock } from '../lock/redis-lock.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import type { CommandContext } from './command-context.ts';
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
    throw new LockUnavailableError(`the lock server cannot be reached: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** The lock that keeps two runs from working at once. */
export async function createLock(
  { config, clock, logger, runId: token }: CommandContext,
  redis: Redis | undefined,
): Promise<Lock> {
  if (redis === undefined) {
    const { FileLock } = await import('../lock/file-lock.ts');
    return new FileLock(placesIn(config.DATA_DIR).runLock);
  }
  const key = lockKey(config.REDIS_KEY_PREFIX);
  const ttlMs = config.LOCK_TTL_SECONDS * 1000;
  return new RedisLock({ redis, key, ttlMs, token, clock, logger });
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
