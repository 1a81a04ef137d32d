import type { Clock } from '../clock.ts';
import type { Redis } from '../redis.ts';
import type { Logger } from '../terminal/logging.ts';
import type { Claims, DoWork, FindDone } from './claims.ts';

/** What a process that died had claimed is free again after this time. */
const LIFE_MS = 30_000;
const RENEWALS_PER_LIFE = 3;
const ASK_AGAIN_MS = 100;
/** Claimed at once, so that shards that meet the same types share them out. */
const CLAIMED_AT_ONCE = 100;

/** ARGV: 1 token, 2 milliseconds to live. Answers with the positions of the keys that are ours. */
const CLAIM = `
local ours = {}
for position, key in ipairs(KEYS) do
  if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then table.insert(ours, position) end
end
return ours`;

const RENEW = `
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('PEXPIRE', key, ARGV[2]) end
end`;

const RELEASE = `
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end`;

export interface RedisClaimsOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** Tells this process from the others. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/**
 * Claims as keys with a life time, renewed while the work is on its way. A claim that cannot be
 * asked for counts as granted: to do something twice is better than to wait for ever.
 */
export class RedisClaims implements Claims {
  readonly #options: RedisClaimsOptions;
  /** Claims of this process must differ from each other too. */
  #claims = 0;
  #pauses = 0;

  constructor(options: RedisClaimsOptions) {
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#pauses > 0;
  }

  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const done = await this.#holding([name], async (granted) =>
        granted.length === 0 ? undefined : { result: await work() },
      );
      if (done !== undefined) return done.result;
      await this.#pause();
    }
  }

  async divide(kind: string, ids: readonly number[], findDone: FindDone, work: DoWork) {
    let left = ids;
    while (left.length > 0) {
      const batch = left.slice(0, CLAIMED_AT_ONCE);
      const held = await this.#divideBatch(kind, batch, findDone, work);
      // What others are at comes last: there may be work to do before it.
      left = [...left.slice(CLAIMED_AT_ONCE), ...held];
      if (held.length === batch.length) await this.#pause();
    }
  }

  /** @returns those that another shard is at */
  async #divideBatch(
    kind: string,
    ids: readonly number[],
    findDone: FindDone,
    work: DoWork,
  ): Promise<readonly number[]> {
    const names = ids.map((id) => `${kind}:${id}`);
    return this.#holding(names, async (positions) => {
      const granted = new Set(positions.map((position) => ids[position]));
      // Only now: whoever had claimed them before may have done them since.
      const done = await findDone(ids);
      const open = ids.filter((id) => !done.has(id));
      const own = open.filter((id) => granted.has(id));
      if (own.length > 0) await work(own);
      return open.filter((id) => !granted.has(id));
    });
  }

  /** @param work gets the positions of the names that were granted */
  async #holding<T>(
    names: readonly string[],
    work: (granted: readonly number[]) => Promise<T>,
  ): Promise<T> {
    const { prefix, token } = this.#options;
    this.#claims += 1;
    const owner = `${token}:${this.#claims}`;
    const granted = await this.#claim(names, owner);
    if (granted.length === 0) return work(granted);
    const keys = granted.map((position) => `${prefix}${names[position]}`);
    const stop = this.#renewRegularly(keys, owner);
    try {
      return await work(granted);
    } finally {
      stop();
      await this.#run(RELEASE, keys, owner);
    }
  }

  async #claim(names: readonly string[], owner: string): Promise<readonly number[]> {
    const { prefix } = this.#options;
    const keys = names.map((name) => prefix + name);
    const answer = await this.#run(CLAIM, keys, owner);
    if (answer === undefined) return names.map((_, position) => position);
    return (answer as number[]).map((position) => position - 1);
  }

  #renewRegularly(keys: readonly string[], owner: string): () => void {
    const { clock } = this.#options;
    let cancel = () => {};
    const renew = () => {
      cancel = clock.schedule(LIFE_MS / RENEWALS_PER_LIFE, renew);
      void this.#run(RENEW, keys, owner);
    };
    cancel = clock.schedule(LIFE_MS / RENEWALS_PER_LIFE, renew);
    return () => cancel();
  }

  /** Undefined when there is no answer. */
  async #run(script: string, keys: readonly string[], owner: string): Promise<unknown> {
    const { redis, logger } = this.#options;
    const options = { keys: [...keys], arguments: [owner, String(LIFE_MS)] };
    try {
      return await redis.run((client) => client.eval(script, options));
    } catch (error) {
      logger.debug({ error }, 'claims cannot be asked for');
      return undefined;
    }
  }

  async #pause(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#pauses += 1;
    try {
      await clock.sleep(ASK_AGAIN_MS, signal);
    } finally {
      this.#pauses -= 1;
    }
  }
}
