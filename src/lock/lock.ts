import type { Clock } from '../clock.ts';
import { LockHeldError } from '../errors.ts';

const LOOK_AGAIN_MS = 50;

/** A lock that is held. */
export interface HeldLock {
  /** Aborted, with a LockLostError as its reason, when the lock is found to be lost. */
  readonly signal: AbortSignal;
  /** Asks where the lock is kept. @throws LockLostError when it is not ours any more */
  assertHeld(): Promise<void>;
  /** Whether its life has passed, as far as this process can tell at once. @throws LockLostError */
  assertNotExpired(): void;
  /** Gives the lock back, if it is still ours. @throws when that could not be done */
  release(): Promise<void>;
}

/** How long to wait for a lock that others hold for moments. */
export interface Patience {
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>;
  readonly milliseconds: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Throws what the waiting is to end with, when it is known to be in vain. */
  readonly assertWorthIt?: () => Promise<void>;
}

/** Keeps two runs from working at once. */
export interface Lock {
  /**
   * Takes the lock at once or not at all.
   *
   * @throws LockHeldError when another run holds it
   * @throws LockUnavailableError when the place where it is kept cannot be asked
   */
  acquire(): Promise<HeldLock>;
}

/**
 * Takes a lock as soon as it is free.
 *
 * @throws LockHeldError when it is not in time; what `acquire` and `assertWorthIt` throw
 */
export async function acquirePatiently(lock: Lock, patience: Patience): Promise<HeldLock> {
  const { clock, milliseconds, signal, assertWorthIt = async () => {} } = patience;
  const endMs = clock.monotonicMs() + milliseconds;
  for (;;) {
    try {
      return await lock.acquire();
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error;
      await assertWorthIt();
      if (clock.monotonicMs() >= endMs) throw error;
    }
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
