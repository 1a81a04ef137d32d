import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, inject, onTestFinished } from 'vitest';
import { RedisConnection } from '../../src/redis.ts';
import { type PrivateRedis, startRedis } from './private-redis.ts';
import { recordLog } from './recorded-log.ts';

const redisUrl = inject('redisUrl');

/** The Redis of all suites, as one suite sees it. */
export interface SharedRedis {
  /** The program's own connection. */
  readonly connection: RedisConnection;
  /** A plain client, to look at what the program did and to get in its way. */
  readonly client: ReturnType<typeof plainClient>;
  readonly url: string;
  /** Begins every key of the suite. */
  readonly prefix: string;
}

/** Runs a suite that needs Redis; where none is installed, it shows as skipped. */
export function onRedis(subject: string, suite: (redis: () => SharedRedis) => void): void {
  const title = `${subject}${redisUrl === null ? ' (Redis is not installed)' : ''}`;
  describe.skipIf(redisUrl === null)(title, () => suite(useRedis(redisUrl ?? '')));
}

function plainClient(url: string) {
  return createClient({ url });
}

function useRedis(url: string): () => SharedRedis {
  let shared: SharedRedis | undefined;
  beforeAll(async () => {
    const connection = await RedisConnection.open(url, recordLog().logger);
    const client = plainClient(url);
    await client.connect();
    const prefix = `${inject('keyPrefix')}${randomUUID()}:`;
    shared = { connection, client, url, prefix };
  });
  afterAll(async () => {
    if (shared === undefined) return;
    const { connection, client, prefix } = shared;
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
    connection.close();
    client.destroy();
  });
  return () => {
    if (shared === undefined) throw new Error('there is a connection only while tests run');
    return shared;
  };
}

/** A server of the test's own, to stop and to break. */
export async function privateRedis(port?: number): Promise<PrivateRedis> {
  const server = await startRedis(port);
  if (server === undefined) throw new Error('no Redis is installed: guard the suite with onRedis');
  onTestFinished(server.stop);
  return server;
}

/** The program's connection to a server, closed when the test ends. */
export async function connectTo(url: string): Promise<RedisConnection> {
  const connection = await RedisConnection.open(url, recordLog().logger);
  onTestFinished(() => connection.close());
  return connection;
}
