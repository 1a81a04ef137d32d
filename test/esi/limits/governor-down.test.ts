import { describe, expect, it } from 'vitest';
import { EsiDownError } from '../../../src/errors.ts';
import { settle } from '../manual-clock.ts';
import { GovernorHarness, OK } from './governor-harness.ts';
import { answer, errorLimit, ROUTE } from './limit-answers.ts';

const FAILURES_UNTIL_DOWN = 60;
const NEVER = new AbortController().signal;

describe('ESI counts as down', () => {
  it.each([0, 500, 502, 503, 504, 520])('after 60 answers %d in a row', async (status) => {
    const harness = new GovernorHarness();
    await harness.failTimes(FAILURES_UNTIL_DOWN, status);

    const entering = harness.governor.enter(ROUTE, NEVER);

    await expect(entering).rejects.toThrow(EsiDownError);
    await expect(entering).rejects.toThrow('60 times in a row');
  });

  it.each([200, 401, 404, 420, 429])(
    'after 60 answers %d in a row of which none could be used',
    async (status) => {
      const harness = new GovernorHarness();
      for (let count = 0; count < FAILURES_UNTIL_DOWN; count += 1) {
        await harness.governor.enter(ROUTE, NEVER);
        const { headers } = errorLimit(100, 60);
        const pause = status === 429 ? { 'retry-after': '0' } : { 'x-esi-error-limit-reset': '0' };
        harness.governor.leave(
          answer({ status, headers: { ...headers, ...pause }, isUseless: true }),
        );
        await harness.clock.advance(1000);
      }

      await expect(harness.governor.enter(ROUTE, NEVER)).rejects.toThrow(EsiDownError);
    },
  );

  it('not before', async () => {
    const harness = new GovernorHarness();
    await harness.failTimes(FAILURES_UNTIL_DOWN - 1, 503);

    await expect(harness.governor.enter(ROUTE, NEVER)).resolves.toBeUndefined();
  });

  it.each([200, 304, 404])('not when a %d came between', async (status) => {
    const harness = new GovernorHarness();
    await harness.failTimes(FAILURES_UNTIL_DOWN - 1, 503);
    await harness.failTimes(1, status);
    await harness.failTimes(FAILURES_UNTIL_DOWN - 1, 503);

    await expect(harness.governor.enter(ROUTE, NEVER)).resolves.toBeUndefined();
  });

  it('not because of requests whose answer nobody waited for', async () => {
    const harness = new GovernorHarness();
    for (let count = 0; count < 100; count += 1) {
      await harness.governor.enter(ROUTE, NEVER);
      harness.governor.leave(undefined);
    }

    await expect(harness.governor.enter(ROUTE, NEVER)).resolves.toBeUndefined();
  });

  it('until an answer to a request on its way tells otherwise', async () => {
    const harness = new GovernorHarness();
    await harness.hear();
    harness.ask('slow');
    await harness.failTimes(FAILURES_UNTIL_DOWN, 503);
    harness.governor.leave(OK);

    await expect(harness.governor.enter(ROUTE, NEVER)).resolves.toBeUndefined();
  });
});

describe('when ESI counts as down', () => {
  it('everyone who waits is turned away, and takes no place', async () => {
    const harness = new GovernorHarness({ concurrency: 2 });
    await harness.failTimes(FAILURES_UNTIL_DOWN - 1, 503);
    await harness.askMany(6);
    harness.governor.leave(errorLimit(100, 60, 503));
    await settle();

    const refused = harness.entered.filter((one) => one instanceof EsiDownError);
    expect(refused).toHaveLength(4);

    harness.governor.leave(OK);
    await harness.askMany(3);
    expect(harness.entered.slice(6)).toEqual(['request 0', 'request 1']);
  });

  it('nobody waits for the end of a pause', async () => {
    const harness = new GovernorHarness();
    await harness.failTimes(FAILURES_UNTIL_DOWN - 1, 503);
    await harness.askMany(1);
    harness.ask('held');
    await settle();
    harness.governor.leave(answer({ status: 503, headers: { 'retry-after': '600' } }));
    harness.ask('later');
    await settle();

    expect(harness.entered.at(-1)).toBeInstanceOf(EsiDownError);
    expect(harness.clock.monotonicMs()).toBe(0);
  });
});
