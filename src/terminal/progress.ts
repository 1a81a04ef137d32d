import type { Clock } from '../clock.ts';
import type { Wait } from '../esi/limits/wait.ts';
import { ratePerSecond, type Sample, timeLeftMs, withSample } from './progress-estimate.ts';
import { type ProgressState, progressLine } from './progress-line.ts';
import type { Screen } from './screen.ts';

/** Tells a person how far the pass is. */
export interface Progress {
  /** The regions are known. */
  start(regions: number): void;
  /** More contracts whose items are to be asked for. */
  expect(contracts: number): void;
  /** All contracts of a region have been announced. */
  allExpected(regionId: number): void;
  contractDone(): void;
  regionDone(regionId: number): void;
  stop(): void;
}

export const silentProgress: Progress = {
  start: () => undefined,
  expect: () => undefined,
  allExpected: () => undefined,
  contractDone: () => undefined,
  regionDone: () => undefined,
  stop: () => undefined,
};

export interface ProgressBarParts {
  readonly screen: Pick<Screen, 'show' | 'clear' | 'terminal'>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'schedule'>;
  /** What the pass waits for just now. */
  readonly findWait: () => Wait | undefined;
}

const REDRAW_MS = 200;

/** A line on a terminal that is drawn again five times a second until it is stopped. */
export class ProgressBar implements Progress {
  readonly #parts: ProgressBarParts;
  readonly #known = new Set<number>();
  #regions: number | undefined;
  #regionsDone = 0;
  #contractsDone = 0;
  #contractsExpected = 0;
  #samples: readonly Sample[] = [];
  #cancel = () => {};

  constructor(parts: ProgressBarParts) {
    this.#parts = parts;
    this.#draw();
  }

  start(regions: number): void {
    this.#regions = regions;
  }

  expect(contracts: number): void {
    this.#contractsExpected += contracts;
  }

  allExpected(regionId: number): void {
    this.#known.add(regionId);
  }

  contractDone(): void {
    this.#contractsDone += 1;
  }

  regionDone(regionId: number): void {
    this.#known.add(regionId);
    this.#regionsDone += 1;
  }

  stop(): void {
    this.#cancel();
    this.#parts.screen.clear();
  }

  #draw(): void {
    const { screen, clock } = this.#parts;
    const nowMs = clock.monotonicMs();
    screen.show(progressLine(this.#state(nowMs), screen.terminal, nowMs));
    this.#cancel = clock.schedule(REDRAW_MS, () => this.#draw());
  }

  #state(nowMs: number): ProgressState {
    const done = this.#contractsDone;
    this.#samples = withSample(this.#samples, { atMs: nowMs, done });
    const perSecond = ratePerSecond(this.#samples);
    const isAllKnown = this.#known.size === this.#regions;
    const expected = this.#contractsExpected;
    return {
      regions: this.#regions,
      regionsDone: this.#regionsDone,
      contractsDone: done,
      contractsExpected: expected,
      perSecond: expected === 0 ? undefined : perSecond,
      timeLeftMs: timeLeftMs({ done, expected, isAllKnown }, perSecond),
      wait: this.#parts.findWait(),
    };
  }
}
