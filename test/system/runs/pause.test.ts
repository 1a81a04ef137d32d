import { expect, vi } from 'vitest';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

const PATIENCE = { timeout: 50_000, interval: 20 };

/** A run that ESI told to wait for ten minutes. */
async function startPausedRun() {
  const world = await startWorld();
  const headers = { 'Retry-After': '600' };
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'status', status: 429, headers } });
  const running = world.startRun([], { LOCK_TTL_SECONDS: '6' });
  await vi.waitUntil(() => isSilent(world), PATIENCE);
  return { world, running };
}

function isSilent({ esi }: World): boolean {
  const last = esi.requests.at(-1);
  return last?.status === 429 && performance.now() - last.atMs > 1000;
}

async function endOf(done: Promise<unknown>) {
  const fromMs = performance.now();
  await done;
  return performance.now() - fromMs;
}

serverTest('a signal ends a run that keeps a pause, at once', async () => {
  const { world, running } = await startPausedRun();

  running.kill('SIGTERM');

  expect(await endOf(running.done)).toBeLessThan(15_000);
  expect(world.read(await running.done).summary).toMatchObject({ exitCode: 143 });
});

serverTest('a lost lock ends a run that keeps a pause', async () => {
  const { world, running } = await startPausedRun();

  await (await world.redis.client()).del(world.redis.lockKey);

  expect(await endOf(running.done)).toBeLessThan(20_000);
  expect(world.read(await running.done).summary).toMatchObject({ exitCode: 75 });
});
