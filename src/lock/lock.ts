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
