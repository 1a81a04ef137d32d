import { createClient, RESP_TYPES } from 'redis';
import { inject } from 'vitest';

type Client = Awaited<ReturnType<typeof connect>>;

/** Keys without their prefix, with values as Redis dumps them; a life of 0 does not end. */
export type KeptKeys = readonly {
  readonly name: string;
  readonly value: Buffer;
  readonly lifeMs: number;
}[];

/** The keys of one test on the Redis server of the tests. */
export class RedisKeys {
  readonly prefix: string;
  #connecting: Promise<Client> | undefined;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  get lockKey(): string {
    return `${this.prefix}lock`;
  }

  /** Names of all keys, sorted. */
  async names(): Promise<readonly string[]> {
    const client = await this.client();
    return (await client.keys(`${this.prefix}*`)).sort();
  }

  /** Every key with its value as Redis dumps it. */
  async dump(): Promise<Readonly<Record<string, string>>> {
    const client = await this.client();
    const dumps: Record<string, string> = {};
    for (const name of await this.names()) {
      const type = await client.type(name);
      const value = type === 'hash' ? await client.hGetAll(name) : await client.get(name);
      dumps[name] = JSON.stringify(value);
    }
    return dumps;
  }

  /** What every key holds, to be put elsewhere. */
  async keep(): Promise<KeptKeys> {
    const client = (await this.client()).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    return Promise.all(
      (await this.names()).map(async (name) => ({
        name: name.slice(this.prefix.length),
        value: (await client.dump(name)) as Buffer,
        lifeMs: Math.max(0, await client.pTTL(name)),
      })),
    );
  }

  /** Makes keys that hold what others held, each with the life that those had left. */
  async put(keys: KeptKeys): Promise<void> {
    const client = await this.client();
    await Promise.all(
      keys.map(({ name, value, lifeMs }) => client.restore(this.prefix + name, lifeMs, value)),
    );
  }

  async clear(): Promise<void> {
    const names = await this.names();
    if (names.length > 0) await (await this.client()).del([...names]);
  }

  client(): Promise<Client> {
    this.#connecting ??= connect();
    return this.#connecting;
  }

  async close(): Promise<void> {
    if (this.#connecting === undefined) return;
    await this.clear();
    (await this.client()).destroy();
  }
}

async function connect() {
  const client = createClient({ url: inject('redisUrl') ?? 'redis://127.0.0.1' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
