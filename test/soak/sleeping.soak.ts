import { setTimeout as delay } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { createRandom, type Random } from '../../fixtures/local-esi/random.ts';
import { serverTest, startWorld, type World } from '../support/run-world.ts';
import { freshSeed, seedOf } from '../support/seed.ts';
import { sleepThroughLock, wakeToNothing, withIdleLimit } from '../support/sleepers.ts';

const ROUNDS = 100;
const PATIENCE = { timeout: 50_000, interval: 5 };
const SEED = seedOf(process.env, freshSeed());
const SMALL_STEPS = { DB_BATCH_SIZE: '15', ESI_CONCURRENCY: '4', LOCK_TTL_SECONDS: '2' };
const LOCKED = { outcome: 'locked', exitCode: 75 };
const COMPLETE = { outcome: 'complete', exitCode: 0 };

/** Starts a run and stops it at a moment of the seed; undefined when it ended before. */
async function startSleeper(world: World, random: Random) {
  world.esi.resetRequests();
  const sleeper = world.spawnRun([], { ...SMALL_STEPS, ...withIdleLimit(world, 1000) });
  let hasEnded = false;
  void sleeper.done.then(() => {
    hasEnded = true;
  });
  const requests = random.int(0, 14);
  await vi.waitUntil(() => hasEnded || world.esi.requests.length >= requests, PATIENCE);
  await delay(random.int(0, 150));
  await sleepThroughLock(world, sleeper);
  return hasEnded ? undefined : sleeper;
}

serverTest(
  `runs that sleep at any moment write nothing when they wake (seed ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const world = await startWorld({ contracts: 120 });
    await world.run();
    await world.expectTruth();
    for (let round = 0; round < ROUNDS; round += 1) {
      const { removed } = world.nextListing({ seed: SEED + round, share: 0.07 });
      const sleeper = await startSleeper(world, random);
      const hasSuccessor = random.int(0, 1) === 1;
      if (hasSuccessor) expect((await world.run()).summary).toMatchObject(COMPLETE);
      if (sleeper !== undefined) {
        const { summary } = await wakeToNothing(world, sleeper);
        // It may have recorded its end, and slept while it gave the lock back.
        expect([LOCKED, COMPLETE]).toContainEqual({
          outcome: summary.outcome,
          exitCode: summary.exitCode,
        });
      }
      if (!hasSuccessor) expect((await world.run()).summary).toMatchObject(COMPLETE);
      await world.expectTruth({ except: removed });
    }
  },
);
