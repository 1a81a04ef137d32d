/** What a request asks for. */
export type RequestKind =
  | 'listing'
  | 'items'
  | 'types'
  | 'groups'
  | 'categories'
  | 'names'
  | 'other';

/** What arrived at the local ESI since the last report. Times in milliseconds since 1970. */
export interface TrafficReport {
  readonly requests: number;
  readonly notModified: number;
  readonly byKind: Readonly<Record<RequestKind, number>>;
  readonly firstArrivalMs: number;
  readonly lastAnswerMs: number;
  readonly maxInFlight: number;
  readonly meanInFlight: number;
  /** Part of the time in which at least 32 were in flight. */
  readonly shareOfTimeFull: number;
  /** How long an answer was kept back on average. */
  readonly meanHeldMs: number;
  readonly rate: Rate;
}

/** Arrivals in any second. */
interface Rate {
  readonly most: number;
  /** Without the first and the last two seconds. */
  readonly least: number;
  readonly mean: number;
}

const FULL_IN_FLIGHT = 32;
const SECOND_MS = 1000;
const EDGE_MS = 2000;

const KIND_BY_PATH: readonly (readonly [string, RequestKind])[] = [
  ['/contracts/public/items/', 'items'],
  ['/contracts/public/', 'listing'],
  ['/universe/types/', 'types'],
  ['/universe/groups', 'groups'],
  ['/universe/categories', 'categories'],
  ['/universe/names', 'names'],
];

/** Counts what arrives and how many wait at each moment, as the server sees it. */
export class Traffic {
  #byKind = noRequests();
  #notModified = 0;
  #arrivals: number[] = [];
  #lastAnswer = 0;
  #inFlight = 0;
  #maxInFlight = 0;
  #changedAt = 0;
  /** Requests × milliseconds. */
  #heldMs = 0;
  #fullMs = 0;

  arrive(path: string): void {
    const now = performance.now();
    this.#advance(now);
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    this.#arrivals.push(now);
    this.#byKind[kindOf(path)] += 1;
  }

  answer(notModified: boolean): void {
    this.#lastAnswer = performance.now();
    this.#advance(this.#lastAnswer);
    this.#inFlight -= 1;
    if (notModified) this.#notModified += 1;
  }

  /** Tells and forgets. */
  take(): TrafficReport {
    const [first = 0] = this.#arrivals;
    const requests = this.#arrivals.length;
    const durationMs = Math.max(1, this.#lastAnswer - first);
    const report = {
      requests,
      notModified: this.#notModified,
      byKind: this.#byKind,
      firstArrivalMs: performance.timeOrigin + first,
      lastAnswerMs: performance.timeOrigin + this.#lastAnswer,
      maxInFlight: this.#maxInFlight,
      meanInFlight: this.#heldMs / durationMs,
      shareOfTimeFull: this.#fullMs / durationMs,
      meanHeldMs: requests === 0 ? 0 : this.#heldMs / requests,
      rate: rateOf(this.#arrivals),
    };
    this.#forget();
    return report;
  }

  #advance(now: number): void {
    const elapsedMs = now - this.#changedAt;
    this.#changedAt = now;
    this.#heldMs += this.#inFlight * elapsedMs;
    if (this.#inFlight >= FULL_IN_FLIGHT) this.#fullMs += elapsedMs;
  }

  #forget(): void {
    this.#byKind = noRequests();
    this.#notModified = 0;
    this.#arrivals = [];
    this.#maxInFlight = 0;
    this.#heldMs = 0;
    this.#fullMs = 0;
  }
}

function noRequests(): Record<RequestKind, number> {
  return { listing: 0, items: 0, types: 0, groups: 0, categories: 0, names: 0, other: 0 };
}

function kindOf(path: string): RequestKind {
  return KIND_BY_PATH.find(([start]) => path.startsWith(start))?.[1] ?? 'other';
}

function rateOf(arrivals: readonly number[]): Rate {
  const [first = 0] = arrivals;
  const last = arrivals.at(-1) ?? 0;
  const rate = { most: 0, least: Number.POSITIVE_INFINITY };
  let start = 0;
  for (const [index, at] of arrivals.entries()) {
    while ((arrivals[start] ?? at) <= at - SECOND_MS) start += 1;
    rate.most = Math.max(rate.most, index - start + 1);
    // The window that ends just before this arrival.
    const isInside = at - SECOND_MS >= first + EDGE_MS && at <= last - EDGE_MS;
    if (isInside) rate.least = Math.min(rate.least, index - start);
  }
  const seconds = Math.max(1, last - first) / SECOND_MS;
  return {
    most: rate.most,
    least: Number.isFinite(rate.least) ? rate.least : 0,
    mean: arrivals.length / seconds,
  };
}
