import { Governor, type GovernorOptions } from '../../../src/esi/limits/governor.ts';
import { ManualClock, settle } from '../manual-clock.ts';
import { answer, ROUTE } from './limit-answers.ts';

export const OK = answer();

/** A governor on a manual clock, with a record of who was admitted, and when. */
export class GovernorHarness {
  readonly clock = new ManualClock(new Date('2026-09-08T12:00:00Z'));
  readonly governor: Governor;
  /** Names, or what they were rejected with. */
  readonly entered: unknown[] = [];
  readonly enteredAtMs: number[] = [];

  constructor(options: Partial<Omit<GovernorOptions, 'clock'>> = {}) {
    const { clock } = this;
    this.governor = new Governor({ concurrency: 100, maxRequestsPerSecond: 0, ...options, clock });
  }

  /** Asks for a place without waiting for it. */
  ask(name: string, signal = new AbortController().signal, route = ROUTE): void {
    this.governor.enter(route, signal).then(
      () => {
        this.entered.push(name);
        this.enteredAtMs.push(this.clock.monotonicMs());
      },
      (error: unknown) => this.entered.push(error),
    );
  }

  /** A first answer: before it, requests go one at a time. */
  async hear(): Promise<void> {
    this.ask('first answer');
    await settle();
    this.governor.leave(OK);
    this.entered.length = 0;
    this.enteredAtMs.length = 0;
  }

  async askMany(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) this.ask(`request ${index}`);
    await settle();
  }

  /** One request after the other, each answered as said. */
  async failTimes(count: number, status: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await this.governor.enter(ROUTE, new AbortController().signal);
      // Headers keep the error limit out of the way.
      const headers = { 'x-esi-error-limit-remain': '100', 'x-esi-error-limit-reset': '60' };
      this.governor.leave(answer({ status, headers }));
    }
  }
}
