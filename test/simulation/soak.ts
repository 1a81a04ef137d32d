import { afterAll, beforeAll, it } from 'vitest';
import { freshSeed, seedOf } from '../support/seed.ts';
import { expectSound } from './expect-sound.ts';
import { type Laboratory, openLaboratory } from './laboratory.ts';

/** Histories of a soak, over all of its parts; `SOAK_SEEDS` says otherwise. */
const SEEDS = Number(process.env['SOAK_SEEDS'] ?? 20_000);
const SEEDS_OF_A_TEST = 250;
/** Files that share the work, one for each core. */
const PARTS = 2;
/** Far enough apart that two soaks do not play the same histories. */
const FIRST_SEED = seedOf(process.env, freshSeed());

/** Plays this part of tens of thousands of histories, a test for every few hundred. */
export function soak(part: number): void {
  let laboratory: Laboratory;
  beforeAll(async () => {
    laboratory = await openLaboratory();
  });
  afterAll(() => laboratory.close());

  const tests = Math.max(PARTS, Math.ceil(SEEDS / SEEDS_OF_A_TEST));
  const all = Array.from({ length: tests }, (_, index) => FIRST_SEED + index * SEEDS_OF_A_TEST);
  it.each(all.filter((_, index) => index % PARTS === part))(
    `%i and ${SEEDS_OF_A_TEST - 1} seeds after it are histories in which every promise holds`,
    async (first) => {
      for (let seed = first; seed < first + SEEDS_OF_A_TEST; seed += 1) {
        await expectSound(seed, laboratory);
      }
    },
  );
}
