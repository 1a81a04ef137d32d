import { describe, expect, it } from 'vitest';
import { settle } from '../manual-clock.ts';
import { OK } from './governor-harness.ts';
import { tokens } from './limit-answers.ts';
import { createHarness } from './scripted-budget.ts';

describe('a governor with a shared budget', () => {
  it('admits nobody before it has a start, and one for each', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(3);
    expect(budget.asked).toBe(1);
    expect(harness.entered).toEqual([]);

    await budget.reply();
    expect(harness.entered).toEqual(['request 0']);
    harness.governor.leave(OK);
    expect(budget.asked).toBe(2);

    await harness.clock.advance(30);
    expect(harness.entered).toEqual(['request 0']);
    await budget.reply();
    await budget.reply();
    expect(harness.entered).toHaveLength(3);
    expect(budget.asked).toBe(3);
  });

  it('passes by a bucket that is nearly empty, one request after the other', async () => {
    const { budget, harness } = createHarness();
    budget.repliesAtOnce = true;
    await harness.askMany(1);
    harness.governor.leave(tokens(20));
    await harness.askMany(2);
    harness.governor.leave(tokens(20));
    await harness.clock.advance(20_000);

    expect(harness.enteredAtMs).toEqual([0, 0, 12_000]);
  });
});

describe('a start', () => {
  it('is waited for, counted from the answer', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await harness.clock.advance(20);
    await budget.reply({ startMs: 500 });
    await harness.clock.advance(1000);

    expect(harness.enteredAtMs).toEqual([520]);
  });

  it('whose answer came too late is asked for again', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await harness.clock.advance(31);
    await budget.reply();
    expect(harness.entered).toEqual([]);
    expect(budget.asked).toBe(2);

    await harness.clock.advance(30);
    await budget.reply();
    expect(harness.enteredAtMs).toEqual([61]);
  });

  it('that is late is taken in the end, so that a slow Redis is no end of the run', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(2);
    for (let answers = 0; answers < 8; answers += 1) {
      await harness.clock.advance(100);
      await budget.reply();
      if (answers === 3) harness.governor.leave(OK);
    }

    expect(harness.enteredAtMs).toEqual([400, 800]);
  });

  it('is not kept for later', async () => {
    const { budget, harness } = createHarness(1);
    const controller = new AbortController();
    harness.ask('gone', controller.signal);
    await settle();
    controller.abort();
    await budget.reply();
    await harness.clock.advance(1000);
    harness.ask('late');
    await settle();

    expect(budget.asked).toBe(2);
    expect(harness.entered).toHaveLength(1);
    await budget.reply();
    expect(harness.entered.at(-1)).toBe('late');
  });
});

describe('a governor with a shared budget asks', () => {
  it('for none while all of its places are taken, and none that nobody waits for', async () => {
    const { budget, harness } = createHarness(1);
    await harness.askMany(2);
    await budget.reply();
    expect(budget.asked).toBe(1);

    harness.governor.leave(OK);
    expect(budget.asked).toBe(2);
    await budget.reply();
    expect(harness.entered).toHaveLength(2);
    harness.governor.leave(OK);
    await harness.clock.advance(60_000);
    expect(budget.asked).toBe(2);
    expect(harness.clock.waiting).toBe(0);
  });

  it('until it gets permission, and sends nothing before', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    for (let failures = 1; failures <= 20; failures += 1) {
      await budget.fail();
      expect(budget.asked).toBe(failures);
      await harness.clock.advance(200);
    }
    expect(harness.entered).toEqual([]);

    await budget.reply();
    expect(harness.entered).toEqual(['request 0']);
  });

  it('again when there is no start to be had, after a second at most', async () => {
    const { budget, harness } = createHarness();
    await harness.askMany(1);
    await budget.reply({ startMs: undefined, askAgainMs: 300 });
    await harness.clock.advance(300);
    await budget.reply({ startMs: undefined, askAgainMs: 50_000 });
    await harness.clock.advance(1000);
    await budget.reply();

    expect(harness.enteredAtMs).toEqual([1300]);
  });

  it('no more after everyone has left', async () => {
    const { budget, harness } = createHarness();
    const controller = new AbortController();
    harness.ask('first', controller.signal);
    await settle();
    await budget.fail();
    expect(harness.clock.waiting).toBe(1);
    controller.abort();
    await settle();

    expect(harness.clock.waiting).toBe(0);
  });
});
