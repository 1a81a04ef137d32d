import { describe, expect, it } from 'vitest';
import { Waits } from '../../../src/esi/limits/waits.ts';
import { EsiHarness, failureOf, httpDate } from '../esi-harness.ts';
import { ManualClock } from '../manual-clock.ts';

const signal = new AbortController().signal;
const FIRST_PAGE = '/contracts/public/10000002?page=1';

describe('waits', () => {
  it('tell the one that ends first, as long as it lasts', async () => {
    const clock = new ManualClock(new Date('2026-09-08T12:00:00Z'));
    const waits = new Waits(clock);
    await clock.advance(100);
    const sleeping = [
      waits.sleep('listing', 3000, signal),
      waits.sleep('retry', 500, signal),
      waits.sleep('retry', 2000, signal),
    ];
    expect(waits.next).toEqual({ reason: 'retry', untilMs: 600 });

    await clock.advance(2000);
    expect(waits.next).toEqual({ reason: 'listing', untilMs: 3100 });
    await clock.advance(1000);
    await Promise.all(sleeping);
    expect(waits.next).toBeUndefined();
  });

  it('are over when they are ended', async () => {
    const controller = new AbortController();
    const waits = new Waits(new ManualClock(new Date()));
    const sleeping = failureOf(waits.sleep('retry', 500, controller.signal));
    const reason = new Error('stopped');
    controller.abort(reason);

    expect(await sleeping).toBe(reason);
    expect(waits.next).toBeUndefined();
  });
});

describe('what an ESI client waits for', () => {
  it('is nothing at first', () => {
    expect(new EsiHarness().client.wait).toBeUndefined();
  });

  it('is a retry', async () => {
    const { mock, client, controller, clock } = new EsiHarness({ leapMs: -1 });
    mock.get('/universe/types/587', { status: 502 });
    const asking = failureOf(client.itemType(587));
    await expect.poll(() => client.wait).toEqual({ reason: 'retry', untilMs: 250 });
    expect(clock.monotonicMs()).toBe(0);

    controller.abort(new Error('stopped'));
    await asking;
    expect(client.wait).toBeUndefined();
  });

  it('is the next listing', async () => {
    const { mock, client, controller } = new EsiHarness({ leapMs: -1 });
    const headers = {
      'x-pages': '2',
      'last-modified': httpDate(-1797),
      date: httpDate(0),
      expires: httpDate(3),
    };
    mock.get(FIRST_PAGE, { headers, body: [] });
    const asking = failureOf(client.publicContracts(10000002));
    await expect.poll(() => client.wait).toEqual({ reason: 'listing', untilMs: 3000 });

    controller.abort(new Error('stopped'));
    await asking;
  });

  it('is nothing while an answer is on its way', async () => {
    const { mock, client, controller } = new EsiHarness({ leapMs: -1 });
    let isAsked = false;
    mock.hang('/universe/types/587', () => {
      isAsked = true;
    });
    const asking = failureOf(client.itemType(587));
    await expect.poll(() => isAsked).toBe(true);
    expect(client.wait).toBeUndefined();
    controller.abort(new Error('stopped'));
    await asking;
  });
});
