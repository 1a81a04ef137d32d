import type { Clock } from '../clock.ts';
import {
  DatabaseError,
  LockHeldError,
  LockLostError,
  LockUnavailableError,
  reasonOf,
} from '../errors.ts';
import type { Logger } from '../terminal/logging.ts';
import type { HeldLock, Lock } from './lock.ts';

const RENEWALS_PER_LIFE = 3;
const RETRY_DELAY_MS = 200;

/** Where a lease is kept: it belongs to a token, and ends by the clock of its keeper. */
export interface LeaseKeeper {
  /** What people are told it is. */
  readonly name: string;
  /** @returns whether the lease was free, and is the token's now */
  take(token: string, ttlMs: number): Promise<boolean>;
  /**
   * @param patienceMs an answer that comes later is of no use
   * @returns whether it is still the token's, and lives on
   */
  renew(token: string, ttlMs: number, patienceMs: number): Promise<boolean>;
  /** @returns whether it was still the token's */
  giveBack(token: string): Promise<boolean>;
}

export interface LeaseLockOptions {
  readonly keeper: LeaseKeeper;
  readonly ttlMs: number;
  /** Random, and no other run's. */
  readonly token: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A lease with the run's token and a life time, renewed while the run lives. */
export class LeaseLock implements Lock {
  readonly #options: LeaseLockOptions;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  /** @throws DatabaseError instead of LockUnavailableError where the database keeps the lease */
  async acquire(): Promise<HeldLock> {
    const { keeper, token, ttlMs, clock } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const isTaken = await keeper.take(token, ttlMs).catch((error: unknown) => {
      if (error instanceof DatabaseError) throw error;
      const message = `the lock server cannot be asked: ${reasonOf(error)}`;
      throw new LockUnavailableError(message, { cause: error });
    });
    if (!isTaken) throw new LockHeldError(`another run holds the lock ${keeper.name}`);
    return new HeldLease(this.#options, askedAtMs + ttlMs);
  }
}

class HeldLease implements HeldLock {
  readonly #options: LeaseLockOptions;
  readonly #loss = new AbortController();
  readonly #stopped = new AbortController();
  readonly #ended = AbortSignal.any([this.#stopped.signal, this.#loss.signal]);
  /** By the monotonic clock; a wrong or jumping wall clock does no harm. */
  #heldUntilMs: number;

  constructor(options: LeaseLockOptions, heldUntilMs: number) {
    this.#options = options;
    this.#heldUntilMs = heldUntilMs;
    void this.#renewRegularly();
  }

  get signal(): AbortSignal {
    return this.#loss.signal;
  }

  async assertHeld(): Promise<void> {
    this.#loss.signal.throwIfAborted();
    await this.#renew();
    this.#loss.signal.throwIfAborted();
  }

  assertNotExpired(): void {
    const { clock } = this.#options;
    if (clock.monotonicMs() >= this.#heldUntilMs) this.#lose('its life passed');
    this.#loss.signal.throwIfAborted();
  }

  async release(): Promise<void> {
    this.#stopped.abort();
    const { keeper, token } = this.#options;
    if (!(await keeper.giveBack(token))) throw new LockLostError('the lock was not ours any more');
  }

  async #renewRegularly(): Promise<void> {
    const { clock, ttlMs } = this.#options;
    while (!this.#ended.aborted) {
      await clock.sleep(ttlMs / RENEWALS_PER_LIFE, this.#ended).catch(() => undefined);
      await this.#renew();
    }
  }

  /** Asks until there is an answer or the life of the lock has passed. */
  async #renew(): Promise<void> {
    const { keeper, token, ttlMs, clock, logger } = this.#options;
    while (!this.#ended.aborted) {
      const askedAtMs = clock.monotonicMs();
      if (askedAtMs >= this.#heldUntilMs)
        return this.#lose('its life passed before it was renewed');
      try {
        const patienceMs = Math.max(1, this.#heldUntilMs - askedAtMs);
        if (!(await keeper.renew(token, ttlMs, patienceMs)))
          return this.#lose('another run holds it, or it was deleted');
        this.#heldUntilMs = askedAtMs + ttlMs;
        return;
      } catch (error) {
        logger.warn({ error }, 'lock could not be renewed; trying again');
        await clock.sleep(RETRY_DELAY_MS, this.#ended).catch(() => undefined);
      }
    }
  }

  #lose(reason: string): void {
    this.#loss.abort(
      new LockLostError(`the lock ${this.#options.keeper.name} was lost: ${reason}`),
    );
  }
}
