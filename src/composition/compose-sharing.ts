import type { Redis } from '../redis.ts';
import { ALONE } from '../sharding/claims.ts';
import { RedisBudget } from '../sharding/redis-budget.ts';
import { RedisClaims } from '../sharding/redis-claims.ts';
import { shareOf } from '../sharding/shard.ts';
import type { Sharing } from '../sharding/sharing.ts';
import type { CommandContext } from './command-context.ts';

/**
 * Joins a shard to the others. A dry run writes nothing, claims nothing, and so keeps to its part
 * of the rate by itself.
 */
export function createSharing(
  { config, clock, logger, runId }: CommandContext,
  redis: Redis | undefined,
  signal: AbortSignal,
  isDryRun: boolean,
): Sharing {
  const { SHARD: shard, ESI_MAX_RPS: maxRequestsPerSecond, REDIS_KEY_PREFIX: prefix } = config;
  if (shard === undefined || redis === undefined || isDryRun) {
    const share = maxRequestsPerSecond === 0 ? 0 : shareOf(maxRequestsPerSecond, shard);
    return { claims: ALONE, budget: undefined, maxRequestsPerSecond: share };
  }
  const sharers = shard.count;
  const budget = new RedisBudget({ redis, prefix, sharers, maxRequestsPerSecond, logger });
  const claimsPrefix = `${prefix}claim:`;
  const options = { redis, prefix: claimsPrefix, token: runId, clock, logger, signal };
  return { claims: new RedisClaims(options), budget, maxRequestsPerSecond };
}
