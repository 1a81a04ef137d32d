import { SingleBar } from 'cli-progress';

/** Tells a person how far the pass is. */
export interface Progress {
  start(regions: number): void;
  /** More contracts whose items are to be asked for. */
  expect(contracts: number): void;
  contractDone(): void;
  regionDone(): void;
  stop(): void;
}

export const silentProgress: Progress = {
  start: () => undefined,
  expect: () => undefined,
  contractDone: () => undefined,
  regionDone: () => undefined,
  stop: () => undefined,
};

/** A bar on a terminal: contracts done, with the regions beside. */
export function createProgressBar(stream: NodeJS.WriteStream): Progress {
  const format = '{bar} {value}/{total} contracts, {regionsDone}/{regions} regions';
  const bar = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true });
  const state = { expected: 0, regions: 0, regionsDone: 0 };
  return {
    start: (regions) => {
      state.regions = regions;
      bar.start(0, 0, state);
    },
    expect: (contracts) => {
      state.expected += contracts;
      bar.setTotal(state.expected);
    },
    contractDone: () => bar.increment(1, state),
    regionDone: () => {
      state.regionsDone += 1;
      bar.update(state);
    },
    stop: () => bar.stop(),
  };
}
