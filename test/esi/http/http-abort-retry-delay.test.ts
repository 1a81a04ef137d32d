import { describe, expect, it, vi } from 'vitest';
import { InterruptedError } from '../../../src/errors.ts';
import { EsiHarness, failureOf } from '../esi-harness.ts';

const PATH = '/universe/types/587';
const REQUEST = { path: PATH, route: 'universe/types', shape: 'object' } as const;
const REASON = new InterruptedError('SIGTERM');

describe('the abort signal', () => {
  it('ends the delay before a retry', { timeout: 30_000 }, async () => {
    // Hours, so that the end of the delay cannot be taken for that of the signal.
    const { mock, http, controller } = new EsiHarness({ random: () => 1e5 });
    mock.get(PATH, { status: 502 });

    const sending = failureOf(http.send(REQUEST));
    await vi.waitFor(() => expect(http.counters.retries).toBe(1), 20_000);
    controller.abort(REASON);

    expect(await sending).toBe(REASON);
  });
});
