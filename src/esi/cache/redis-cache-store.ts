import type { Redis } from '../../redis.ts';
import { type CacheStore, RECORD_LIFE_MS } from './response-cache.ts';

const TTL_SECONDS = RECORD_LIFE_MS / 1000;

/** KEYS[1] record, ARGV[1] head, ARGV[2] seconds to live: a head never stands without its body. */
export const REPLACE_HEAD = `
if redis.call('HEXISTS', KEYS[1], 'body') == 1 then
  redis.call('HSET', KEYS[1], 'head', ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end`;

/** Keeps each record as one hash with the fields `head` and `body`. */
export class RedisCacheStore implements CacheStore {
  readonly #redis: Redis;
  readonly #prefix: string;

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  async readHead(key: string): Promise<string | undefined> {
    const head = await this.#redis.run((client) => client.hGet(this.#prefix + key, 'head'));
    return head ?? undefined;
  }

  async readBody(key: string): Promise<Buffer | undefined> {
    const body = await this.#redis.runBinary((client) => client.hGet(this.#prefix + key, 'body'));
    return body ?? undefined;
  }

  async write(key: string, head: string, body: Buffer): Promise<void> {
    const name = this.#prefix + key;
    await this.#redis.run((client) =>
      client.multi().hSet(name, { head, body }).expire(name, TTL_SECONDS).exec(),
    );
  }

  async replaceHead(key: string, head: string): Promise<void> {
    const options = { keys: [this.#prefix + key], arguments: [head, String(TTL_SECONDS)] };
    await this.#redis.run((client) => client.eval(REPLACE_HEAD, options));
  }
}
