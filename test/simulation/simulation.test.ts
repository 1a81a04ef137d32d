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
/** What each contract of a history came to is counted at its end. */
const OUTCOME = 'outcome ';

let laboratory: Laboratory;
const events = new Map<string, number>();

beforeAll(async () => {
  laboratory = await openLaboratory();
});
afterAll(async () => {
  tellOutcomes();
  await laboratory.close();
});

/** How much stays unknown is no secret. */
function tellOutcomes(): void {
  const ended = [...events].filter(
    ([event]) => event.startsWith(OUTCOME) && !event.endsWith('null'),
  );
  const all = ended.reduce((sum, [, count]) => sum + count, 0);
  const shares = ended
    .toSorted(([, one], [, other]) => other - one)
    .map(
      ([event, count]) => `${event.slice(OUTCOME.length)} ${((100 * count) / all).toFixed(1)} %`,
    );
  process.stdout.write(`${all} ended contracts of ${SEEDS} histories: ${shares.join(', ')}\n`);
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

it.each(
  range(0, Math.ceil(SEEDS / SEEDS_OF_A_TEST)).map((part) => FIRST_SEED + part * SEEDS_OF_A_TEST),
)('%i and the seeds after it are histories in which every promise holds', async (first) => {
  for (const seed of range(first, Math.min(SEEDS, SEEDS_OF_A_TEST))) {
    for (const [event, count] of await expectSound(seed, laboratory)) {
      events.set(event, (events.get(event) ?? 0) + count);
    }
  }
});

if (SEEDS > MANY)
  it('all that can happen has happened in these histories', () => {
    expect([...events.keys()].filter((event) => !event.startsWith(OUTCOME)).sort()).toEqual([
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

if (SEEDS > MANY)
  it('every outcome that there is has been told in these histories', () => {
    const told = [...events.keys()].filter((event) => event.startsWith(OUTCOME));
    expect(told.map((event) => event.slice(OUTCOME.length)).sort()).toEqual([
      'buyout_or_withdrawn',
      'expired',
      'null',
      'relisted',
      'relisted_likely',
      'sold',
      'sold_likely',
      'sold_or_withdrawn',
      'taken_or_withdrawn',
    ]);
  });

it.each(range(FIRST_SEED, 5))('seed %i gives the same history again', async (seed) => {
  const { digest } = await simulate(seed, laboratory);

  expect((await simulate(seed, laboratory)).digest).toBe(digest);
  expect((await simulate(seed + 1, laboratory)).digest).not.toBe(digest);
});
