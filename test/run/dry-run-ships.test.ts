import { expect } from 'vitest';
import { serverTest, startWorld } from '../support/run-world.ts';

serverTest('a dry run tells how many ship contracts a run would leave outstanding', async () => {
  const world = await startWorld();
  await world.run();
  world.nextListing({ seed: 3, share: 0.1 });

  const dry = await world.run(['--dry-run']);

  const real = await world.run();
  expect(dry.summary.shipContracts).toBe(real.summary.shipContracts);
});
