import { describe, expect, it } from 'vitest';
import { GovernorHarness } from './governor-harness.ts';
import { answer, errorLimit, tokens } from './limit-answers.ts';

/** A governor that has heard an answer, with one request that wants to follow. */
async function afterAnswer(last: Parameters<GovernorHarness['governor']['leave']>[0]) {
  const harness = new GovernorHarness({ concurrency: 1 });
  await harness.askMany(1);
  harness.governor.leave(last);
  await harness.askMany(1);
  return harness;
}

describe('what a governor waits for', () => {
  it.each([
    { after: errorLimit(3, 30), wait: { reason: 'errorBudget', untilMs: 31_000 } },
    {
      after: answer({ status: 429, headers: { 'retry-after': '30' } }),
      wait: { reason: 'pause', status: 429, untilMs: 30_000 },
    },
    { after: tokens(0), wait: { reason: 'tokens', untilMs: 30_000 } },
  ])('is told with its end: $wait.reason', async ({ after, wait }) => {
    const harness = await afterAnswer(after);
    const { governor, clock } = harness;
    expect(governor.wait).toEqual(wait);
    expect(governor.isIdle).toBe(true);

    await clock.advance(10_000);
    expect(governor.wait).toEqual(wait);
    await clock.advance(21_001);
    expect(governor.isIdle).toBe(false);
    await harness.askMany(1);
    expect(governor.wait).toBeUndefined();
  });

  it('is nothing while nobody wants to ask', async () => {
    const harness = new GovernorHarness();
    await harness.askMany(1);
    harness.governor.leave(errorLimit(3, 30));

    expect(harness.governor.wait).toBeUndefined();
  });

  it('is no answer that is on its way', async () => {
    const harness = new GovernorHarness({ concurrency: 1 });
    await harness.askMany(2);

    expect(harness.governor.wait).toBeUndefined();
    expect(harness.governor.isIdle).toBe(false);
  });

  it('is not told any more once whoever waited has given up', async () => {
    const harness = new GovernorHarness();
    const controller = new AbortController();
    await harness.askMany(1);
    harness.governor.leave(errorLimit(3, 30));
    harness.ask('stopped', controller.signal);
    controller.abort(new Error('stopped'));

    expect(harness.governor.wait).toBeUndefined();
  });
});
