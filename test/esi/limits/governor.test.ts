import { describe, expect, it } from 'vitest';
import { settle } from '../manual-clock.ts';
import { GovernorHarness, OK } from './governor-harness.ts';
import { answer, errorLimit } from './limit-answers.ts';

describe('the places of a governor', () => {
  it('are as many as its concurrency, and given again when left', async () => {
    const harness = new GovernorHarness({ concurrency: 3 });
    await harness.hear();
    await harness.askMany(5);
    expect(harness.entered).toHaveLength(3);

    harness.governor.leave(OK);
    await settle();
    expect(harness.entered).toHaveLength(4);

    harness.governor.leave(undefined);
    await settle();
    expect(harness.entered).toHaveLength(5);
  });

  it('are given first come first served', async () => {
    const harness = new GovernorHarness({ concurrency: 1 });
    for (const name of ['first', 'second', 'third', 'fourth']) harness.ask(name);
    for (let left = 0; left < 4; left += 1) {
      await settle();
      harness.governor.leave(OK);
    }

    expect(harness.entered).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('are not given faster than the rate', async () => {
    const harness = new GovernorHarness({ maxRequestsPerSecond: 4 });
    await harness.askMany(6);
    harness.governor.leave(OK);
    await harness.clock.advance(2000);

    expect(harness.enteredAtMs).toEqual([0, 255, 510, 765, 1020, 1275]);
  });
});

describe('a waiter of a governor that is aborted', () => {
  it('is rejected with the reason of its signal, and leaves the others in order', async () => {
    const harness = new GovernorHarness({ concurrency: 1 });
    const controller = new AbortController();
    const reason = new Error('stopped');
    harness.ask('first');
    harness.ask('second', controller.signal);
    harness.ask('third');

    controller.abort(reason);
    await settle();
    expect(harness.entered).toEqual(['first', reason]);

    harness.governor.leave(OK);
    await settle();
    expect(harness.entered).toEqual(['first', reason, 'third']);
  });

  it('takes no place', async () => {
    const harness = new GovernorHarness({ concurrency: 1 });
    const controller = new AbortController();
    harness.ask('first');
    harness.ask('second', controller.signal);
    controller.abort();
    harness.governor.leave(OK);
    harness.ask('third');
    harness.ask('fourth');
    await settle();

    expect(harness.entered.filter((one) => typeof one === 'string')).toEqual(['first', 'third']);
  });

  it('is rejected at once when its signal was aborted before', async () => {
    const harness = new GovernorHarness();
    const reason = new Error('stopped');
    harness.ask('late', AbortSignal.abort(reason));
    await settle();

    expect(harness.entered).toEqual([reason]);
  });

  it('is not touched by an abort after it was admitted', async () => {
    const harness = new GovernorHarness({ concurrency: 1 });
    const controller = new AbortController();
    harness.ask('first', controller.signal);
    harness.ask('second');
    await settle();
    controller.abort();
    harness.governor.leave(OK);
    await settle();

    expect(harness.entered).toEqual(['first', 'second']);
  });
});

describe('a governor that is paused by an answer', () => {
  it('lets nobody in until the pause is over, and counts the time', async () => {
    const harness = new GovernorHarness();
    await harness.askMany(1);
    harness.governor.leave(answer({ status: 429, headers: { 'retry-after': '30' } }));
    harness.ask('held');

    await harness.clock.advance(29_000);
    expect(harness.entered).toHaveLength(1);
    expect(harness.governor.waitedMs).toBe(29_000);

    await harness.clock.advance(11_000);
    expect(harness.enteredAtMs).toEqual([0, 30_000]);
    expect(harness.governor.waitedMs).toBe(30_000);
  });

  it('counts the time once however many wait, and whenever they come', async () => {
    const harness = new GovernorHarness();
    await harness.askMany(1);
    harness.governor.leave(answer({ status: 429, headers: { 'retry-after': '30' } }));
    await harness.askMany(10);
    await harness.clock.advance(10_000);
    await harness.askMany(10);
    await harness.clock.advance(50_000);

    expect(harness.entered).toHaveLength(21);
    expect(harness.governor.waitedMs).toBe(30_000);
  });

  it('goes on with the next at its end when the first who waited has left', async () => {
    const harness = new GovernorHarness();
    const controller = new AbortController();
    const reason = new Error('stopped');
    await harness.askMany(1);
    harness.governor.leave(answer({ status: 429, headers: { 'retry-after': '30' } }));
    harness.ask('first', controller.signal);
    harness.ask('second');
    await harness.clock.advance(10_000);
    controller.abort(reason);
    await harness.clock.advance(20_000);

    expect(harness.entered.slice(1)).toEqual([reason, 'second']);
  });

  it('sends one request at a time when few errors are left', async () => {
    const harness = new GovernorHarness();
    await harness.askMany(1);
    harness.governor.leave(errorLimit(15, 60));
    await harness.askMany(3);
    expect(harness.entered).toHaveLength(2);

    harness.governor.leave(errorLimit(15, 59));
    await settle();
    expect(harness.entered).toHaveLength(3);
  });

  it('counts no time for concurrency and rate, which are its own', async () => {
    const harness = new GovernorHarness({ concurrency: 1, maxRequestsPerSecond: 1 });
    await harness.askMany(2);
    await harness.clock.advance(5000);
    harness.governor.leave(OK);
    await harness.clock.advance(5000);

    expect(harness.entered).toHaveLength(2);
    expect(harness.governor.waitedMs).toBe(0);
  });
});
