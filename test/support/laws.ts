import fc from 'fast-check';
import { inject, test } from 'vitest';
import { freshSeed, seedOf } from './seed.ts';

/** Examples a law: a share in `npm test`, all in `test:system`, and as many as one likes in the soak. */
const RUNS = Number(process.env['LAW_RUNS'] ?? inject('lawRuns'));
const SEED = seedOf(process.env, process.env['LAW_RUNS'] === undefined ? 1139 : freshSeed());

/** What fast-check can check: an invariant over all values that it can think of. */
export type Property = Parameters<typeof fc.assert>[0];

/**
 * A test that a law holds for many examples; the seed in its name repeats them.
 *
 * @param share of the usual number of examples, for what is slow
 */
export function law(title: string, property: Property, share = 1): void {
  test(`${title} (seed ${SEED})`, async () => {
    const numRuns = Math.max(1, Math.round(RUNS * share));
    await fc.assert(property, { seed: SEED, numRuns });
  });
}
