import { expect, vi } from 'vitest';
import type { FinishedRun, RunningProcess } from './run-process.ts';
import { TABLES } from './run-tables.ts';
import type { World } from './run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };

/** Stops a process until the life of its lock has passed. */
export async function sleepThroughLock(world: World, running: RunningProcess): Promise<void> {
  running.kill('SIGSTOP');
  const client = await world.redis.client();
  await vi.waitUntil(async () => (await client.exists(world.redis.lockKey)) === 0, PATIENCE);
}

/** Wakes a process whose lock is gone, and sees that it leaves every row as it is. */
export async function wakeToNothing(world: World, sleeper: RunningProcess): Promise<FinishedRun> {
  const before = await world.tables.readAll(...TABLES);
  sleeper.kill('SIGCONT');
  const woken = world.read(await sleeper.done);
  expect(await world.tables.readAll(...TABLES)).toEqual(before);
  return woken;
}

/** The server ends the transaction of a client that sleeps for this long. */
export function withIdleLimit({ databaseUrl = '' }: World, milliseconds: number) {
  const url = new URL(databaseUrl);
  url.searchParams.set('idle_in_transaction_session_timeout', String(milliseconds));
  return { DATABASE_URL: url.href };
}
