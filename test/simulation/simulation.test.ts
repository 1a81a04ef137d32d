import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { seedOf } from '../support/seed.ts';
import { expectSound } from './expect-sound.ts';
import { type Laboratory, openLaboratory } from './laboratory.ts';
import { simulate } from './simulation.ts';

/** With `SEED`, that one history alone; `npm test` plays a share of those of `test:system`. */
const FIRST_SEED = seedOf(process.env, 1);
const SEEDS = process.env['SEED'] ? 1 : inject('histories');
const SEEDS_OF_A_TEST = 20;
/** In fewer, not all that can happen does. */
const MANY = 200;

let laboratory: Laboratory;
const events = new Set<string>();

beforeAll(async () => {
  laboratory = await openLaboratory();
});
afterAll(() => laboratory.close());

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

it.each(
  range(0, Math.ceil(SEEDS / SEEDS_OF_A_TEST)).map((part) => FIRST_SEED + part * SEEDS_OF_A_TEST),
)('%i and the seeds after it are histories in which every promise holds', async (first) => {
  for (const seed of range(first, Math.min(SEEDS, SEEDS_OF_A_TEST))) {
    for (const event of await expectSound(seed, laboratory)) events.add(event);
  }
});

if (SEEDS > MANY)
  it('all that can happen has happened in these histories', () => {
    expect([...events].sort()).toEqual([
      'ESI goes down',
      'ESI is back',
      'ESI takes a snapshot',
      'Redis goes down',
      'Redis is back',
      'SIGTERM',
      'exit 0',
      'exit 1',
      'exit 143',
      'exit 69',
      'exit 74',
      'exit 75',
      'killed',
      'stopped',
      'the lock is deleted',
      'the lock is stolen',
      'the lock is taken over',
    ]);
  });

it.each(range(FIRST_SEED, 5))('seed %i gives the same history again', async (seed) => {
  const { digest } = await simulate(seed, laboratory);

  expect((await simulate(seed, laboratory)).digest).toBe(digest);
  expect((await simulate(seed + 1, laboratory)).digest).not.toBe(digest);
});
