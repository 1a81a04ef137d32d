import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import type { BudgetReport, Reservation, SharedBudget } from './shared-budget.ts';

/**
 * The part of the common rate that is handed out. The rest is for starts that come up to 40 ms
 * later than planned: 1 s and 40 ms of this rate hold what the setting allows in 1 s.
 */
const RATE_SHARE = 0.96;
const ERROR_WINDOW_MS = 60_000;

/**
 * KEYS: 1 next start (microseconds of the server's clock), 2 pause, 3 errors. ARGV: 1 microseconds
 * between starts. Answers with microseconds until the start (-1: none now) or until it is worth
 * asking again, the pause, the errors, and the time until their window ends. A start further away
 * than the horizon is not handed out: a pause that begins in between could not call it back. What
 * was not used is not saved up.
 */
const RESERVE = `
local HORIZON = 500000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local pause = math.max(0, redis.call('PTTL', KEYS[2]))
local errors = tonumber(redis.call('GET', KEYS[3]) or 0)
local window = math.max(0, redis.call('PTTL', KEYS[3]))
local interval = tonumber(ARGV[1])
local start = math.max(now + pause * 1000, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = start - now
if wait > HORIZON then return {-1, wait - HORIZON / 2, pause, errors, window} end
if interval > 0 then
  redis.call('SET', KEYS[1], string.format('%.0f', start + interval), 'PX', 60000)
end
return {wait, 0, pause, errors, window}`;

/** KEYS: 1 pause, 2 errors. ARGV: 1 pause, 2 errors to add, 3 errors counted by ESI, 4 window. */
const REPORT = `
local pause, added = tonumber(ARGV[1]), tonumber(ARGV[2])
local counted, window = tonumber(ARGV[3]), tonumber(ARGV[4])
if pause > 0 and redis.call('PTTL', KEYS[1]) < pause then
  redis.call('SET', KEYS[1], '1', 'PX', pause)
end
if added > 0 then
  redis.call('INCRBY', KEYS[2], added)
  if redis.call('PTTL', KEYS[2]) < 0 then redis.call('PEXPIRE', KEYS[2], ${ERROR_WINDOW_MS}) end
end
if window > 0 and counted > tonumber(redis.call('GET', KEYS[2]) or 0) then
  redis.call('SET', KEYS[2], counted, 'PX', window)
end`;

export interface RedisBudgetOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly sharers: number;
  /** Of all sharers together; 0 = no such limit. */
  readonly maxRequestsPerSecond: number;
  readonly logger: Logger;
}

/** Hands out evenly spaced starts by the clock of the Redis server, the only one all agree on. */
export class RedisBudget implements SharedBudget {
  readonly sharers: number;
  readonly #options: RedisBudgetOptions;
  readonly #intervalUs: number;

  constructor(options: RedisBudgetOptions) {
    const { sharers, maxRequestsPerSecond: perSecond } = options;
    this.sharers = sharers;
    this.#options = options;
    this.#intervalUs = perSecond === 0 ? 0 : Math.ceil(1_000_000 / (perSecond * RATE_SHARE));
  }

  async reserve(): Promise<Reservation> {
    const { redis } = this.#options;
    const options = {
      keys: [this.#key('next'), this.#key('pause'), this.#key('errors')],
      arguments: [String(this.#intervalUs)],
    };
    const answer = await redis.run((client) => client.eval(RESERVE, options));
    const [startUs = 0, askAgainUs = 0, pauseMs = 0, errors = 0, windowMs = 0] =
      answer as readonly number[];
    const startMs = startUs < 0 ? undefined : startUs / 1000;
    return { startMs, askAgainMs: askAgainUs / 1000, pauseMs, errors, windowMs };
  }

  async report({ pauseMs, errors, countedErrors, windowMs }: BudgetReport): Promise<void> {
    const { redis, logger } = this.#options;
    const values = [Math.ceil(pauseMs), errors, countedErrors, Math.ceil(windowMs)];
    const options = {
      keys: [this.#key('pause'), this.#key('errors')],
      arguments: values.map(String),
    };
    try {
      await redis.run((client) => client.eval(REPORT, options));
    } catch (error) {
      logger.warn({ error }, 'the other shards could not be told of an answer of ESI');
    }
  }

  #key(name: string): string {
    return `${this.#options.prefix}budget:${name}`;
  }
}
