import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { RedisConnection } from '../../../src/redis.ts';
import { freePort } from '../../support/machine.ts';
import { recordLog } from '../../support/recorded-log.ts';
import { startProxy } from '../../support/tcp-proxy.ts';
import { connectTo, onRedis, privateRedis } from '../../support/use-redis.ts';

/** Where something listens that never says a word. */
async function silentPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function failureOf(work: Promise<unknown>): Promise<{ error: unknown; afterMs: number }> {
  const startedAt = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, afterMs: performance.now() - startedAt };
}

function open(url: string) {
  return failureOf(RedisConnection.open(url, recordLog().logger));
}

function pingOf(connection: RedisConnection) {
  return connection.run((client) => client.ping());
}

describe('opening', () => {
  test('a server that is not there fails at once, without the password', async () => {
    const { error, afterMs } = await open(`redis://:s3cret@127.0.0.1:${await freePort()}`);
    expect(error).toBeInstanceOf(Error);
    expect(afterMs).toBeLessThan(3000);
    expect(inspect(error, { depth: 10 })).not.toContain('s3cret');
  });

  test('a server that does not answer fails within seconds', async () => {
    const { error, afterMs } = await open(`redis://:s3cret@127.0.0.1:${await silentPort()}`);
    expect(error).toBeInstanceOf(Error);
    expect(afterMs).toBeLessThan(8000);
    expect(inspect(error, { depth: 10 })).not.toContain('s3cret');
  });
});

function staysBounded(): void {
  const freeze = (pid: number) => {
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGCONT'));
  };

  test('a command to a server that hangs fails within seconds', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    freeze(server.pid);
    const { error, afterMs } = await failureOf(pingOf(connection));
    expect(error).toBeInstanceOf(Error);
    expect(afterMs).toBeLessThan(8000);
  });

  test('whoever has less patience waits less', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    freeze(server.pid);
    const impatient = connection.run((client) => client.ping(), 100);
    const { error, afterMs } = await failureOf(impatient);
    expect(String(error)).toContain('100 ms');
    expect(afterMs).toBeLessThan(2000);
  });

  test('once the server goes on, commands are answered again, each its own', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    process.kill(server.pid, 'SIGSTOP');
    await failureOf(connection.run((client) => client.echo('too late'), 50));
    process.kill(server.pid, 'SIGCONT');
    expect(await connection.run((client) => client.echo('in time'))).toBe('in time');
  });

  test('a command while the server is away fails at once instead of waiting for it', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    await server.stop();
    await vi.waitUntil(async () => (await failureOf(pingOf(connection))).error !== undefined);
    const { error, afterMs } = await failureOf(pingOf(connection));
    expect(error).toBeInstanceOf(Error);
    expect(afterMs).toBeLessThan(1000);
  });
}

function comesBack(): void {
  const answers = (connection: RedisConnection) => async () =>
    (await failureOf(pingOf(connection))).error === undefined;

  test('after a restart of the server commands are answered again', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    await server.stop();
    await vi.waitUntil(async () => !(await answers(connection)()));
    await privateRedis(Number(new URL(server.url).port));
    await vi.waitUntil(answers(connection), { timeout: 10_000, interval: 50 });
    const body = Buffer.from([0xff, 0x00]);
    await connection.run((client) => client.set('key', body));
    expect(await connection.runBinary((client) => client.get('key'))).toEqual(body);
  });

  test('after a broken connection commands are answered again', async () => {
    const server = await privateRedis();
    const proxy = await startProxy(server.url);
    onTestFinished(proxy.close);
    const connection = await connectTo(proxy.url);
    proxy.cut();
    await vi.waitUntil(answers(connection), { timeout: 10_000, interval: 50 });
  });

  test('a closed connection answers no more and does not come back', async () => {
    const server = await privateRedis();
    const connection = await connectTo(server.url);
    connection.close();
    expect((await failureOf(pingOf(connection))).error).toBeInstanceOf(Error);
  });
}

onRedis('a connection', () => {
  describe('to a server that fails', staysBounded);
  describe('that broke', comesBack);
});
