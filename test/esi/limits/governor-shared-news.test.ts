import { describe, expect, it } from 'vitest';
import { OK } from './governor-harness.ts';
import { answer, errorLimit } from './limit-answers.ts';
import { createHarness } from './scripted-budget.ts';

describe('what other shards know', () => {
  it('halts a governor for their pause, and counts the time', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await budget.reply({ startMs: undefined, pauseMs: 30_000, askAgainMs: 29_750 });
    await harness.clock.advance(29_999);
    expect(harness.entered).toEqual([]);
    expect(budget.asked).toBe(1);

    await harness.clock.advance(1);
    expect(budget.asked).toBe(2);
    await budget.reply();
    expect(harness.enteredAtMs).toEqual([30_000]);
    expect(harness.governor.waitedMs).toBe(30_000);
  });

  it('counts against the error limit of a run that gets no headers', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await budget.reply({ errors: 95, windowMs: 40_000 });
    await harness.clock.advance(39_999);
    expect(harness.entered).toEqual([]);

    await harness.clock.advance(1);
    await budget.reply();
    expect(harness.entered).toHaveLength(1);
  });

  it('leaves every shard one request at a time when few errors are left', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(4);
    await budget.reply({ errors: 70, windowMs: 40_000 });
    harness.governor.leave(OK);
    await budget.reply({ errors: 70, windowMs: 40_000 });
    await budget.reply({ errors: 70, windowMs: 40_000 });
    await budget.reply({ errors: 70, windowMs: 40_000 });
    expect(harness.entered).toHaveLength(4);
    await harness.askMany(1);
    await budget.reply({ errors: 70, windowMs: 40_000 });
    expect(harness.entered).toHaveLength(4);
  });
});

describe('other shards are told', () => {
  async function reportsOf(one: ReturnType<typeof answer>) {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await budget.reply();
    harness.governor.leave(one);
    return budget.reports;
  }
  const nothing = { pauseMs: 0, errors: 0, countedErrors: 0, windowMs: 0 };

  it('nothing of a good answer, and nothing of none', async () => {
    expect(await reportsOf(OK)).toEqual([]);
    expect(await reportsOf(errorLimit(12, 30))).toEqual([]);
  });

  it('of a pause', async () => {
    const refusal = answer({ status: 429, headers: { 'retry-after': '30' } });

    expect(await reportsOf(refusal)).toEqual([{ ...nothing, pauseMs: 30_000, errors: 1 }]);
  });

  it.each([0, 404, 500])('of one more error by a %d', async (status) => {
    expect(await reportsOf(answer({ status }))).toEqual([{ ...nothing, errors: 1 }]);
  });

  it('of the number that ESI counts, where it does', async () => {
    expect(await reportsOf(errorLimit(12, 30, 404))).toEqual([
      { ...nothing, countedErrors: 88, windowMs: 31_000 },
    ]);
  });
});
