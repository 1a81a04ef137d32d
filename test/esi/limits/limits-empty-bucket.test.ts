import { describe, expect, it } from 'vitest';
import { EsiLimits } from '../../../src/esi/limits/limits.ts';
import { ROUTE, tokens } from './limit-answers.ts';

const WINDOW_MS = 900_000;

/** When the only route of a group is asked again, by someone who waits as he is told. */
function admittedAtMs(limits: EsiLimits): number {
  let nowMs = 0;
  for (let wait = 0; wait < 1000; wait += 1) {
    const admission = limits.admit(ROUTE, 0, nowMs);
    if (admission === 'admitted') return nowMs;
    nowMs += admission === 'busy' ? 1000 : admission.waitMs;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a token bucket that is empty', () => {
  it.each([0, 1, 4])('and has %d tokens is tried again when tokens came back', (remaining) => {
    const limits = new EsiLimits();
    limits.observe(tokens(remaining), 0);

    expect(admittedAtMs(limits)).toBeLessThanOrEqual(WINDOW_MS);
  });

  it.each(['1/999999999h', '1/9999h', `${'9'.repeat(400)}/${'9'.repeat(400)}h`])(
    'holds nobody back for more than 15 minutes, even with a limit of %s',
    (limit) => {
      const limits = new EsiLimits();
      limits.observe(tokens(0, limit), 0);

      expect(admittedAtMs(limits)).toBeLessThanOrEqual(WINDOW_MS);
    },
  );
});
