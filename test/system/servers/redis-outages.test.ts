import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'redis';
import { expect, onTestFinished, vi } from 'vitest';
import { freePort } from '../../support/machine.ts';
import { type PrivateRedis, startRedis } from '../../support/private-redis.ts';
import { startSlowRun } from '../../support/run-server.ts';
import { TABLES } from '../../support/run-tables.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

const TTL_MS = 2000;
const PATIENCE = { timeout: 50_000, interval: 20 };

interface Fault {
  readonly world: World;
  readonly server: PrivateRedis;
}

async function startFault(): Promise<Fault> {
  const server = await privateRedis();
  return { world: await startWorld({ contracts: 150 }), server };
}

async function privateRedis(port?: number): Promise<PrivateRedis> {
  const server = await startRedis(port);
  if (server === undefined) throw new Error('no Redis is installed');
  onTestFinished(server.stop);
  return server;
}

function envOf({ server }: Fault): Record<string, string> {
  return { REDIS_URL: server.url, LOCK_TTL_SECONDS: String(TTL_MS / 1000) };
}

/** Sends one command to a server. */
async function command({ server }: Fault, ...args: readonly string[]): Promise<void> {
  const client = createClient({ url: server.url });
  client.on('error', () => undefined);
  await client.connect();
  await client.sendCommand(args);
  client.destroy();
}

function freeze({ server }: Fault): Promise<void> {
  process.kill(server.pid, 'SIGSTOP');
  onTestFinished(() => void process.kill(server.pid, 'SIGCONT'));
  return Promise.resolve();
}

async function restartEmpty({ server }: Fault): Promise<void> {
  await server.stop();
  await privateRedis(Number(new URL(server.url).port));
}

serverTest.each([
  ['hangs for longer than the life of the lock', freeze],
  ['pauses for longer than the life of the lock', pauseLong],
  ['dies and comes back empty', restartEmpty],
  ['becomes a replica', becomeReplica],
])('a Redis that %s ends the run, and nothing is written after that', async (_, fail) => {
  const fault = await startFault();
  const { world } = fault;
  const running = await startSlowRun(world, envOf(fault));

  await fail(fault);
  // From here on the lock is lost, whether the run knows it yet or not.
  await delay(TTL_MS);
  const before = await world.tables.readAll(...TABLES);
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75 });
  expect(summary.failures[0]?.message).toMatch(/^the lock \S+:lock was lost: /);
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
  world.esi.clearFaults();
  expect((await world.run()).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

async function pauseLong(fault: Fault): Promise<void> {
  await command(fault, 'CLIENT', 'PAUSE', String(2 * TTL_MS), 'ALL');
}

async function becomeReplica(fault: Fault): Promise<void> {
  await command(fault, 'REPLICAOF', '127.0.0.1', String(await freePort()));
}

serverTest.each([
  ['is out of memory', fillMemory, 'used memory', 'raise its maxmemory'],
  ['is a replica', becomeReplica, 'read only replica', 'name the primary'],
])('a Redis that %s keeps the run from doing anything', async (_, fail, fault, advice) => {
  const broken = await startFault();
  const { world } = broken;
  await fail(broken);

  const { summary } = await world.run([], envOf(broken));

  expect(summary).toMatchObject({ outcome: 'unavailable', exitCode: 69 });
  expect(summary.failures[0]?.message).toContain(fault);
  expect(summary.failures[0]?.message).toContain(advice);
  expect(world.esi.requests).toEqual([]);
  expect(await world.tables.names()).toEqual([]);
});

async function fillMemory(fault: Fault): Promise<void> {
  await command(fault, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '1');
}

serverTest('a Redis that runs out of memory on the way costs the cache, not the run', async () => {
  const fault = await startFault();
  const { world } = fault;
  const running = await startSlowRun(world, envOf(fault));

  await fillMemory(fault);
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 60, PATIENCE);
  world.esi.clearFaults();
  const { summary } = world.read(await running.done);

  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});
