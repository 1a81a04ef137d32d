import { expect, test } from 'vitest';
import { KILLING_GROUND, Killer } from '../../support/kill-runs.ts';
import type { Stage } from '../../support/kill-stages.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';
import { seedOf } from '../../support/seed.ts';

const SEED = seedOf(process.env, 20_261_123);

/** Fourteen starts of PGlite, on a machine that may be busy. */
const PATIENCE_MS = 600_000;

/** Kills runs while contracts come and go, then lets one be. */
async function surviveKills(world: World, stages: readonly Stage[]): Promise<void> {
  const killer = new Killer(world, SEED);
  await killer.kill('opening');
  await killer.kill('transaction');
  await killer.finish();
  for (const stage of stages) await killer.killAfterChange(stage);
  await killer.finish();
  expect(killer.hits.length).toBeGreaterThanOrEqual(5);
}

serverTest(`six runs that are killed, on servers (seed ${SEED}), leave nothing torn`, async () => {
  const world = await startWorld(KILLING_GROUND);
  await surviveKills(world, ['items', 'transaction', 'closing', 'end']);
});

test(`six runs that are killed, embedded (seed ${SEED}), leave nothing torn`, {
  timeout: PATIENCE_MS,
}, async () => {
  const world = await startWorld({ ...KILLING_GROUND, embedded: true });
  await surviveKills(world, ['opening', 'transaction', 'closing', 'end']);
});
