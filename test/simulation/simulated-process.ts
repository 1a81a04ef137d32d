import type { Clock } from '../../src/clock.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What befalls a process at one of its steps, counted from 1. */
export interface Fate {
  /** Killed: it stops where it is, and nothing of it goes on. */
  readonly killedAtStep: number | undefined;
  readonly stoppedAtStep: number | undefined;
  /** How long it is stopped, as by SIGSTOP. */
  readonly stoppedForMs: number;
  /** How far its clock is off the true time. */
  readonly clockOffsetMs: number;
}

/** A promise that nobody keeps: whoever waits for it is as good as dead. */
function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/**
 * One run of the program as the operating system sees it. Every contact with the outside is a step,
 * at which it may be killed or stopped.
 */
export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #time: VirtualTime;
  readonly #fate: Fate;
  readonly #atDeath = new Set<() => void>();
  readonly #atStop = new Set<(milliseconds: number) => void>();
  #steps = 0;
  #isDead = false;
  #stoppedUntilMs = 0;

  constructor(name: string, time: VirtualTime, fate: Fate) {
    this.name = name;
    this.#time = time;
    this.#fate = fate;
    this.clock = {
      now: () => new Date(time.now().getTime() + fate.clockOffsetMs),
      monotonicMs: () => time.elapsedMs,
      sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
      schedule: (milliseconds, callback) => this.#schedule(milliseconds, callback),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get wasStopped(): boolean {
    return this.#stoppedUntilMs > 0;
  }

  /** What the outside does when the process is gone: connections end. */
  onDeath(callback: () => void): () => void {
    this.#atDeath.add(callback);
    return () => void this.#atDeath.delete(callback);
  }

  onStop(callback: (milliseconds: number) => void): () => void {
    this.#atStop.add(callback);
    return () => void this.#atStop.delete(callback);
  }

  /** One contact with the outside. It does not return to a process that is dead. */
  async step(): Promise<void> {
    if (this.#isDead) return never();
    this.#steps += 1;
    if (this.#steps === this.#fate.killedAtStep) this.kill();
    if (this.#steps === this.#fate.stoppedAtStep) this.#stop(this.#fate.stoppedForMs);
    await this.awake();
  }

  /** Waits while the process is stopped, and for ever when it is dead. */
  async awake(): Promise<void> {
    const leftMs = this.#stoppedUntilMs - this.#time.elapsedMs;
    if (leftMs > 0) await this.#time.wait(leftMs);
    if (this.#isDead) return never();
  }

  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const callback of this.#atDeath) callback();
  }

  #stop(milliseconds: number): void {
    this.#stoppedUntilMs = this.#time.elapsedMs + milliseconds;
    for (const callback of this.#atStop) callback(milliseconds);
  }

  async #sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.#schedule(milliseconds, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #schedule(milliseconds: number, callback: () => void): () => void {
    let isCalledOff = false;
    const cancel = this.#time.after(milliseconds, () => {
      void this.awake().then(() => {
        if (!isCalledOff) callback();
      });
    });
    return () => {
      isCalledOff = true;
      cancel();
    };
  }
}
