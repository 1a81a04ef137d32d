import { FileCacheStore } from '../esi/cache/file-cache-store.ts';
import { RedisCacheStore } from '../esi/cache/redis-cache-store.ts';
import { type CacheStore, ResponseCache } from '../esi/cache/response-cache.ts';
import { EsiClient } from '../esi/client.ts';
import { watchClock } from '../esi/http/clock-watch.ts';
import { Http } from '../esi/http/http.ts';
import { Governor } from '../esi/limits/governor.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import { readVersion } from '../version.ts';
import type { CommandContext } from './command-context.ts';
import { placesIn } from './data-directory.ts';

/** The cache of ESI's answers. @param isReadOnly leave it as it is */
export async function createCache(
  { config, logger, clock }: CommandContext,
  redis: Redis | undefined,
  isReadOnly: boolean,
): Promise<ResponseCache> {
  return new ResponseCache(await createStore(), logger, isReadOnly);

  async function createStore(): Promise<CacheStore> {
    if (redis) return new RedisCacheStore(redis, `${config.REDIS_KEY_PREFIX}esi:`);
    const store = new FileCacheStore(placesIn(config.DATA_DIR).esiCache);
    if (!isReadOnly) await store.prune(clock.now().getTime());
    return store;
  }
}

/** What ends requests. */
export interface EsiSignals {
  /** Ends all of them. */
  readonly signal: AbortSignal;
  /** Keeps new ones from being begun. */
  readonly timeIsUp?: AbortSignal;
}

/** Gives work an ESI client, and closes its connections afterwards. */
export async function withEsi<T>(
  context: CommandContext,
  cache: ResponseCache,
  { signal, timeIsUp }: EsiSignals,
  work: (esi: EsiClient) => Promise<T>,
): Promise<T> {
  const { config, logger, clock, random, environment, adapters } = context;
  const governor = new Governor({
    concurrency: config.ESI_CONCURRENCY,
    maxRequestsPerSecond: config.ESI_MAX_RPS,
    clock,
  });
  const connections = await adapters.connectEsi(config.ESI_CONCURRENCY, environment);
  const http = new Http({
    baseUrl: config.ESI_BASE_URL,
    userAgent: userAgentOf(config.ESI_CONTACT),
    compatibilityDate: config.ESI_COMPATIBILITY_DATE,
    timeoutMs: config.ESI_TIMEOUT_MS,
    governor,
    clock,
    random,
    signal,
    timeIsUp,
    transport: watchClock(connections.send, clock, (aheadMs) => warnOfClock(logger, aheadMs)),
  });
  try {
    return await work(new EsiClient({ http, governor, cache, clock, signal }));
  } finally {
    await connections.close();
  }
}

/** `AppName/1.2.3 (contact)`, the form that CCP asks for. */
export function userAgentOf(contact: string | undefined): string {
  const product = `contracts-agg/${readVersion()}`;
  return contact === undefined ? product : `${product} (${contact})`;
}

function warnOfClock(logger: Logger, aheadMs: number): void {
  const message =
    'the clock of this machine differs from that of ESI; first_seen_at, closed_at and';
  logger.warn({ aheadSeconds: Math.round(aheadMs / 1000) }, `${message} other times are by it`);
}
