/** How much was done at a time. */
export interface Sample {
  readonly atMs: number;
  /** Requests for items and types. */
  readonly done: number;
}

/** How many types had been met when the items of so many contracts had been read. */
export interface TypesPoint {
  readonly contracts: number;
  readonly types: number;
}

/** How far the pass is. */
export interface Amounts {
  /** Contracts, of which not all need a request. */
  readonly contractsDone: number;
  readonly contractsExpected: number;
  /** Contracts whose items were asked for. */
  readonly contractsAsked: number;
  readonly typesDone: number;
  readonly typesMet: number;
}

const WINDOW_MS = 30_000;
/** Over less than this, a rate says nothing. */
const MIN_SPAN_MS = 1000;
/** Points of a pass, each twice as far as the one before, make a curve. */
const FARTHER = 2;

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

/** Keeps a point when it is twice as far as the last one. */
export function withPoint(points: readonly TypesPoint[], point: TypesPoint): readonly TypesPoint[] {
  const last = points.at(-1);
  if (point.contracts === 0 || point.types === 0) return points;
  return last !== undefined && point.contracts < FARTHER * last.contracts
    ? points
    : [...points, point];
}

/**
 * How many types will have been met in the end. The more contracts have been read, the fewer new
 * types the next one brings (Heaps' law): types = k × contracts ^ b, with the b of the second half of
 * what was read.
 */
export function typesInTheEnd(
  points: readonly TypesPoint[],
  { typesMet, contractsAsked }: Pick<Amounts, 'typesMet' | 'contractsAsked'>,
  contractsInTheEnd: number,
): number {
  const before = points.findLast(({ contracts }) => contracts * FARTHER <= contractsAsked);
  if (before === undefined || contractsInTheEnd <= contractsAsked) return typesMet;
  const growth = Math.log(typesMet / before.types) / Math.log(contractsAsked / before.contracts);
  return typesMet * (contractsInTheEnd / contractsAsked) ** Math.min(1, Math.max(0, growth));
}

/** Requests for items and types that are still to be made. */
export function requestsLeft(amounts: Amounts, points: readonly TypesPoint[]): number {
  const { contractsDone, contractsExpected, contractsAsked, typesDone } = amounts;
  const shareAsked = contractsDone === 0 ? 1 : contractsAsked / contractsDone;
  const contractsLeft = Math.max(0, contractsExpected - contractsDone) * shareAsked;
  const types = typesInTheEnd(points, amounts, contractsAsked + contractsLeft);
  return contractsLeft + Math.max(0, types - typesDone);
}

/** Milliseconds until all is done, at the same rate; undefined where nobody can tell. */
export function timeLeftMs(left: number, perSecond: number | undefined): number | undefined {
  if (perSecond === undefined || perSecond === 0) return undefined;
  return (left * 1000) / perSecond;
}
