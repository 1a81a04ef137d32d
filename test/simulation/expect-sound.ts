import { expect } from 'vitest';
import type { Laboratory } from './laboratory.ts';
import { simulate } from './simulation.ts';

const LINES_OF_A_TRACE = 60;
const LENGTH_OF_A_LINE = 400;

/** Plays one history; when a promise is broken in it, tells how it came. @returns what happened, how often */
export async function expectSound(
  seed: number,
  laboratory: Laboratory,
): Promise<ReadonlyMap<string, number>> {
  const { violations, events } = await simulate(seed, laboratory);
  if (violations.length > 0) {
    const again = `SEED=${seed} npx vitest run --project main test/simulation`;
    expect(violations, `${again}\n${await traceOf(seed, laboratory)}`).toEqual([]);
  }
  return events;
}

/** The same history once more, now with all that was said in it. */
async function traceOf(seed: number, laboratory: Laboratory): Promise<string> {
  const lines: string[] = [];
  await simulate(seed, laboratory, (line) => lines.push(line.slice(0, LENGTH_OF_A_LINE)));
  return lines.slice(-LINES_OF_A_TRACE).join('\n');
}
