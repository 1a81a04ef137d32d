import { join } from 'node:path';
import { FileCacheStore } from './cache/file-cache-store.ts';
import { RedisCacheStore } from './cache/redis-cache-store.ts';
import { type CacheStore, ResponseCache } from './cache/response-cache.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { migrate, migrationStatus, readMigrations } from './database/migrations.ts';
import { DatabaseError, LockUnavailableError } from './errors.ts';
import { EsiClient } from './esi/esi-client.ts';
import { Governor } from './esi/governor.ts';
import { Http } from './esi/http.ts';
import { UndiciTransport } from './esi/undici-transport.ts';
import { FileLock } from './lock/file-lock.ts';
import type { HeldLock, Lock } from './lock/lock.ts';
import { lockKeys } from './lock/lock-keys.ts';
import { RedisLock } from './lock/redis-lock.ts';
import type { Logger } from './logging.ts';
import { RedisConnection } from './redis.ts';
import type { Sharing } from './sharding/sharing.ts';
import { readVersion } from './version.ts';

/** What every command gets from the process. */
export interface CommandContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly runId: string;
  /** Aborted by SIGINT and SIGTERM, with an InterruptedError as its reason. */
  readonly interrupt: AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

const DATABASE_LOCK_FILE = 'database.lock';
const RUN_LOCK_FILE = 'run.lock';
const CACHE_FOLDER = 'esi-cache';

/** Gives work the connection to Redis or Valkey, if one is set, and closes it afterwards. */
export async function withRedis<T>(
  { config, logger }: CommandContext,
  work: (redis: RedisConnection | undefined) => Promise<T>,
): Promise<T> {
  if (config.REDIS_URL === undefined) return work(undefined);
  const redis = await openRedis(config.REDIS_URL, logger);
  try {
    return await work(redis);
  } finally {
    redis.close();
  }
}

async function openRedis(url: string, logger: Logger): Promise<RedisConnection> {
  try {
    return await RedisConnection.open(url, logger);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new LockUnavailableError(`the lock server cannot be reached: ${reason}`, {
      cause: error,
    });
  }
}

/** The lock that keeps two runs from working at once. */
export function createLock(context: CommandContext, redis: RedisConnection | undefined): Lock {
  const { config, clock, logger } = context;
  if (redis === undefined) return new FileLock(join(config.DATA_DIR, RUN_LOCK_FILE));
  const keys = lockKeys(config.REDIS_KEY_PREFIX, config.SHARD);
  return new RedisLock({ redis, keys, ttlMs: config.LOCK_TTL_SECONDS * 1000, clock, logger });
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

/** Opens the database for writing, for as long as work lasts. */
export async function withDatabase<T>(
  { config }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  if (config.DATABASE_URL !== undefined) {
    return using(await openServer(config, config.DATABASE_URL), work);
  }
  const held = await new FileLock(join(config.DATA_DIR, DATABASE_LOCK_FILE)).acquire();
  try {
    const { openEmbeddedDatabase } = await import('./database/open-embedded.ts');
    return await using(await openEmbeddedDatabase(config.DATA_DIR), work);
  } finally {
    await held.release();
  }
}

/**
 * Opens the database only to read. The embedded one is read from a copy, so that nothing in the
 * data directory changes and a run need not wait. Where no table of ours is there yet, an empty
 * database in memory stands in.
 */
export async function withReadOnlyDatabase<T>(
  { config }: CommandContext,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  return using(await openToRead(config), async (database) => {
    const migrations = await readMigrations();
    const { pending, isEmpty } = await migrationStatus(database, migrations);
    if (pending.length === 0) return work(database);
    if (!isEmpty) throw notMigrated(pending);
    const { openMemoryDatabase } = await import('./database/open-embedded.ts');
    return using(await openMemoryDatabase(), async (empty) => {
      await migrate(empty.transact, migrations);
      return work(empty);
    });
  });
}

async function openToRead(config: Config): Promise<Database> {
  if (config.DATABASE_URL !== undefined) return openServer(config, config.DATABASE_URL);
  const { openEmbeddedCopy } = await import('./database/open-embedded.ts');
  return openEmbeddedCopy(config.DATA_DIR, lockForCopy(config));
}

/** Nobody may write to the embedded database while it is copied. */
function lockForCopy({ DATA_DIR }: Config) {
  return async <T>(copy: () => Promise<T>): Promise<T> => {
    const held = await new FileLock(join(DATA_DIR, DATABASE_LOCK_FILE)).acquire();
    try {
      return await copy();
    } finally {
      await held.release();
    }
  };
}

/**
 * Brings the database to this version's tables where that is safe without being asked: embedded,
 * empty, or with `--migrate`.
 *
 * @throws DatabaseError that says what to do, where it is not
 */
export async function ensureMigrated(
  database: Database,
  { config, logger }: CommandContext,
  mayMigrate: boolean,
): Promise<void> {
  const migrations = await readMigrations();
  const { pending, isEmpty } = await migrationStatus(database, migrations);
  if (pending.length === 0) return;
  if (!mayMigrate && !isEmpty && config.DATABASE_URL !== undefined) throw notMigrated(pending);
  const applied = await migrate(database.transact, migrations);
  logger.info({ applied }, 'database migrated');
}

function notMigrated(pending: readonly string[]): DatabaseError {
  return new DatabaseError(
    `the database lacks ${pending.length} migrations (${pending.join(', ')}): run \`contracts-agg migrate\``,
  );
}

/** The cache of ESI's answers. @param isReadOnly leave it as it is */
export async function createCache(
  { config, logger, clock }: CommandContext,
  redis: RedisConnection | undefined,
  isReadOnly: boolean,
): Promise<ResponseCache> {
  return new ResponseCache(await createStore(), logger, isReadOnly);

  async function createStore(): Promise<CacheStore> {
    if (redis) return new RedisCacheStore(redis, `${config.REDIS_KEY_PREFIX}esi:`);
    const store = new FileCacheStore(join(config.DATA_DIR, CACHE_FOLDER));
    if (!isReadOnly) await store.prune(clock.now().getTime());
    return store;
  }
}

/** Gives work an ESI client, and closes its connections afterwards. */
export async function withEsi<T>(
  context: CommandContext,
  cache: ResponseCache,
  { claims, budget, maxRequestsPerSecond }: Sharing,
  signal: AbortSignal,
  work: (esi: EsiClient) => Promise<T>,
): Promise<T> {
  const { config, clock, random } = context;
  const governor = new Governor({
    concurrency: config.ESI_CONCURRENCY,
    maxRequestsPerSecond,
    sharedBudget: budget,
    clock,
  });
  const transport = new UndiciTransport(config.ESI_CONCURRENCY);
  const http = new Http({
    baseUrl: config.ESI_BASE_URL,
    userAgent: userAgentOf(config.ESI_CONTACT),
    compatibilityDate: config.ESI_COMPATIBILITY_DATE,
    timeoutMs: config.ESI_TIMEOUT_MS,
    governor,
    clock,
    random,
    signal,
    transport: transport.send,
  });
  try {
    return await work(new EsiClient({ http, governor, cache, claims, clock, signal }));
  } finally {
    await transport.close();
  }
}

/** `AppName/1.2.3 (contact)`, the form that CCP asks for. */
function userAgentOf(contact: string | undefined): string {
  const product = `contracts-agg/${readVersion()}`;
  return contact === undefined ? product : `${product} (${contact})`;
}

async function openServer(config: Config, url: string): Promise<Database> {
  const { openServerDatabase } = await import('./database/open-server.ts');
  // One connection for each region at work, and one for the run itself.
  return openServerDatabase(url, config.REGION_CONCURRENCY + 1);
}

async function using<R extends { close(): Promise<void> }, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource);
  } finally {
    await resource.close();
  }
}
