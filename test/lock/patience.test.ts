import { describe, expect, test } from 'vitest';
import { LockHeldError, LockUnavailableError } from '../../src/errors.ts';
import { acquirePatiently, type HeldLock, type Lock } from '../../src/lock/lock.ts';
import { ManualClock, settle } from '../esi/manual-clock.ts';

const HELD: HeldLock = {
  signal: new AbortController().signal,
  assertHeld: async () => {},
  assertNotExpired: () => {},
  release: async () => {},
};

/** A lock that others hold until it is freed, and how waiting for it goes. */
function waitFor(options: { assertWorthIt?: () => Promise<void>; signal?: AbortSignal } = {}) {
  const clock = new ManualClock(new Date('2026-09-08T12:00:00Z'));
  let failure: Error | undefined = new LockHeldError('held');
  const lock: Lock = {
    acquire: async () => {
      if (failure !== undefined) throw failure;
      return HELD;
    },
  };
  const waiting = acquirePatiently(lock, { clock, milliseconds: 1000, ...options });
  // Told by the test; until then it must not count as unhandled.
  waiting.catch(() => undefined);
  const becomes = (next: Error | undefined) => {
    failure = next;
  };
  return { clock, waiting, becomes };
}

describe('patience with a lock', () => {
  test('takes it as soon as it is free', async () => {
    const { clock, waiting, becomes } = waitFor();
    await settle();
    await clock.advance(500);
    becomes(undefined);
    await clock.advance(50);

    expect(await waiting).toBe(HELD);
  });

  test('ends in time, with what the lock says', async () => {
    const { clock, waiting } = waitFor();
    await settle();
    for (let steps = 0; steps < 21; steps += 1) await clock.advance(50);

    await expect(waiting).rejects.toThrow('held');
  });

  test('ends at once when waiting is in vain, when it is called off, and by any other failure', async () => {
    const inVain = waitFor({ assertWorthIt: () => Promise.reject(new LockHeldError('in vain')) });
    await expect(inVain.waiting).rejects.toThrow('in vain');

    const stopper = new AbortController();
    const stopped = waitFor({ signal: stopper.signal });
    await settle();
    stopper.abort(new Error('called off'));
    await expect(stopped.waiting).rejects.toThrow('called off');

    const broken = waitFor();
    await settle();
    broken.becomes(new LockUnavailableError('no such folder'));
    await broken.clock.advance(50);
    await expect(broken.waiting).rejects.toThrow('no such folder');
  });
});
