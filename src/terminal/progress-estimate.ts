/** How much was done at a time. */
export interface Sample {
  readonly atMs: number;
  readonly done: number;
}

/** How far the pass is. */
export interface Amounts {
  readonly done: number;
  /** As far as it is known. */
  readonly expected: number;
  /** Whether nothing more will be expected. */
  readonly isAllKnown: boolean;
}

const WINDOW_MS = 8000;
/** Over less than this, a rate says nothing. */
const MIN_SPAN_MS = 1000;

/** The samples that the rate of the last seconds is made of, the newest last. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Pieces done a second over the last seconds; undefined until that can be told. */
export function ratePerSecond(samples: readonly Sample[]): number | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const spanMs = last.atMs - first.atMs;
  return spanMs < MIN_SPAN_MS ? undefined : ((last.done - first.done) * 1000) / spanMs;
}

/** Milliseconds until all is done, at the same rate; undefined where nobody can tell. */
export function timeLeftMs(
  { done, expected, isAllKnown }: Amounts,
  perSecond: number | undefined,
): number | undefined {
  if (!isAllKnown || perSecond === undefined || perSecond === 0) return undefined;
  return ((expected - done) * 1000) / perSecond;
}
