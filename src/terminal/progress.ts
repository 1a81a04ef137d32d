import type { Clock } from '../clock.ts';
import type { Wait } from '../esi/limits/wait.ts';
import type { Logger } from './logging.ts';
import {
  ratePerSecond,
  requestsLeft,
  type Sample,
  type TypesPoint,
  timeLeftMs,
  withPoint,
  withSample,
} from './progress-estimate.ts';
import { type ProgressState, progressLine, progressText } from './progress-line.ts';
import type { Screen } from './screen.ts';

/** Hears how far the pass is, to tell it. */
export interface Progress {
  /** The regions are known. */
  start(regions: number): void;
  /** So many contracts of a region are to be done in all; said again, it is known better. */
  expect(regionId: number, contracts: number): void;
  /** @param wasAsked whether its items were asked for */
  contractDone(regionId: number, wasAsked: boolean): void;
  /** Nothing more comes of the region, whatever was expected. */
  regionDone(regionId: number): void;
  /** Types that were not known are to be asked for. */
  typesMet(types: number): void;
  typeDone(): void;
  /** So many of the vanished contracts were asked about. */
  probing(done: number, contracts: number): void;
  stop(): void;
}

export const silentProgress: Progress = {
  start: () => undefined,
  expect: () => undefined,
  contractDone: () => undefined,
  regionDone: () => undefined,
  typesMet: () => undefined,
  typeDone: () => undefined,
  probing: () => undefined,
  stop: () => undefined,
};

export interface ProgressParts {
  readonly clock: Pick<Clock, 'monotonicMs' | 'schedule'>;
  /** What the pass waits for just now. */
  readonly findWait: () => Wait | undefined;
}

export interface ProgressBarParts extends ProgressParts {
  readonly screen: Pick<Screen, 'show' | 'clear' | 'terminal'>;
}

const REDRAW_MS = 200;
const SAMPLE_MS = 5000;
const LOG_MS = 60_000;

/** A line on a terminal that is drawn again five times a second until it is stopped. */
export function progressBar({ screen, ...parts }: ProgressBarParts): Progress {
  const draw = (state: ProgressState, nowMs: number) =>
    screen.show(progressLine(state, screen.terminal, nowMs));
  return new TimedProgress({ ...parts, tickMs: REDRAW_MS, tell: draw, end: () => screen.clear() });
}

/** Where nobody watches: a line of the log, once a minute until it is stopped. */
export function progressLog(parts: ProgressParts & { logger: Pick<Logger, 'info'> }): Progress {
  const { logger, clock } = parts;
  let toldAtMs = clock.monotonicMs();
  const tell = (state: ProgressState, nowMs: number) => {
    if (nowMs - toldAtMs < LOG_MS) return;
    toldAtMs = nowMs;
    const { contractsDone, contractsExpected, timeLeftMs: leftMs } = state;
    const secondsLeft = leftMs === undefined ? undefined : Math.round(leftMs / 1000);
    const counts = { contractsDone, contractsExpected, secondsLeft };
    logger.info(counts, progressText(state, nowMs));
  };
  return new TimedProgress({ ...parts, tickMs: SAMPLE_MS, tell, end: () => undefined });
}

interface TimedParts extends ProgressParts {
  readonly tickMs: number;
  readonly tell: (state: ProgressState, nowMs: number) => void;
  readonly end: () => void;
}

/** Counts, and tells at each tick. */
class TimedProgress implements Progress {
  readonly #parts: TimedParts;
  /** Region → contracts in all. */
  readonly #expected = new Map<number, number>();
  /** Region → contracts done. */
  readonly #done = new Map<number, number>();
  #regions: number | undefined;
  #regionsDone = 0;
  #contractsAsked = 0;
  #typesMet = 0;
  #typesDone = 0;
  #samples: readonly Sample[] = [];
  #points: readonly TypesPoint[] = [];
  #probes: ProgressState['probes'];
  #cancel = () => {};

  constructor(parts: TimedParts) {
    this.#parts = parts;
    this.#tick();
  }

  start(regions: number): void {
    this.#regions = regions;
  }

  expect(regionId: number, contracts: number): void {
    this.#expected.set(regionId, contracts);
  }

  contractDone(regionId: number, wasAsked: boolean): void {
    this.#done.set(regionId, (this.#done.get(regionId) ?? 0) + 1);
    if (wasAsked) this.#contractsAsked += 1;
  }

  regionDone(regionId: number): void {
    // One that failed may have done less.
    this.#expected.set(regionId, this.#done.get(regionId) ?? 0);
    this.#regionsDone += 1;
  }

  typesMet(types: number): void {
    this.#typesMet += types;
  }

  typeDone(): void {
    this.#typesDone += 1;
  }

  probing(done: number, contracts: number): void {
    this.#probes = { done, contracts };
  }

  stop(): void {
    this.#cancel();
    this.#parts.end();
  }

  #tick(): void {
    const { clock, tell, tickMs } = this.#parts;
    const nowMs = clock.monotonicMs();
    tell(this.#state(nowMs), nowMs);
    this.#cancel = clock.schedule(tickMs, () => this.#tick());
  }

  #state(nowMs: number): ProgressState {
    const amounts = {
      contractsDone: sumOf(this.#done),
      contractsExpected: sumOf(this.#expected),
      contractsAsked: this.#contractsAsked,
      typesDone: this.#typesDone,
      typesMet: this.#typesMet,
    };
    const done = this.#contractsAsked + this.#typesDone;
    this.#samples = withSample(this.#samples, { atMs: nowMs, done });
    const point = { contracts: this.#contractsAsked, types: this.#typesMet };
    this.#points = withPoint(this.#points, point);
    const perSecond = ratePerSecond(this.#samples);
    return {
      regions: this.#regions,
      regionsDone: this.#regionsDone,
      contractsDone: amounts.contractsDone,
      contractsExpected: amounts.contractsExpected,
      isAllKnown: this.#expected.size === this.#regions,
      perSecond: amounts.contractsExpected === 0 ? undefined : perSecond,
      timeLeftMs: timeLeftMs(requestsLeft(amounts, this.#points), perSecond),
      wait: this.#parts.findWait(),
      probes: this.#probes,
    };
  }
}

function sumOf(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, one) => sum + one, 0);
}
