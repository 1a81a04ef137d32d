import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, errorAnswer, errorLimitAnswer } from '../../fixtures/local-esi/answers.ts';
import { ErrorWindow, secondsToReset } from '../../fixtures/local-esi/error-window.ts';
import type { Random } from '../../fixtures/local-esi/random.ts';
import { conditionalAnswer, regularAnswer } from '../../fixtures/local-esi/responses.ts';
import { parseRoute, type Route } from '../../fixtures/local-esi/routes.ts';
import type { Universe } from '../../fixtures/local-esi/universe.ts';
import { FAULTS, type Fault, type FaultyAnswer } from './esi-faults.ts';
import { RecordedListings } from './recorded-listings.ts';
import type { VirtualTime } from './virtual-time.ts';

const ERRORS_PER_MINUTE = 100;
const DOWN_STATUSES = [502, 503, 504] as const;

export interface SimulatedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** In lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SimulatedEsiOptions {
  readonly universe: Universe;
  readonly time: VirtualTime;
  readonly random: Random;
  /** Rows of a listing's page. */
  readonly pageSize: number;
  /** Rows of a page of items. */
  readonly itemsPageSize: number;
}

/** ESI, in this process: it ages, rolls its listings, fails and lies, and keeps account of it. */
export class SimulatedEsi {
  readonly universe: Universe;
  readonly listings: RecordedListings;
  /** Contracts whose absence or rows ESI has told wrongly. */
  readonly liedAbout = new Set<number>();
  /** Contract → how often ESI told something false of its items. */
  readonly itemLies = new Map<number, number>();
  /** Requests that came when the error budget was gone. */
  requestsTooMany = 0;
  requests = 0;
  /** Share of the answers that are faulty. */
  faultShare = 0;
  isDown = false;
  readonly #options: SimulatedEsiOptions;
  readonly #errors = new ErrorWindow(ERRORS_PER_MINUTE);

  constructor(options: SimulatedEsiOptions) {
    this.#options = options;
    this.universe = options.universe;
    this.listings = new RecordedListings(options.universe, options.pageSize);
    this.roll();
  }

  /** Takes new snapshots. */
  roll(regionId?: number): void {
    this.listings.roll(this.#options.time.now(), regionId);
  }

  /** Somebody else behind the same address makes errors. */
  spendErrors(count: number): void {
    for (let error = 0; error < count; error += 1) this.#errors.count(this.#options.time.now());
  }

  /** Answers a request that arrives now. */
  answer(request: SimulatedRequest): FaultyAnswer {
    const now = this.#options.time.now();
    this.requests += 1;
    if (this.#errors.remaining(now) === 0) {
      this.requestsTooMany += 1;
      return this.#withCommonHeaders(errorLimitAnswer());
    }
    const answer = this.#faultyAnswer(request);
    if (answer === 'reset' || answer === 'hang') return answer;
    if (answer.status >= 400) this.#errors.count(now);
    return this.#withCommonHeaders(answer);
  }

  #faultyAnswer({ method, path, headers, body }: SimulatedRequest): FaultyAnswer {
    const { random, universe, time, itemsPageSize } = this.#options;
    if (this.isDown) return errorAnswer(random.pick(DOWN_STATUSES), 'daily downtime');
    const route = parseRoute(method, path);
    const world = { universe, listings: this.listings, now: time.now(), itemsPageSize };
    // A cache of ESI that is behind: each answer comes from another of its machines.
    this.listings.isLate = random.chance(this.faultShare / 4);
    const right = regularAnswer(route, body, world);
    const shown = this.listings.served(route.id);
    this.listings.isLate = false;
    const fault = random.chance(this.faultShare) ? this.#pickFault(route) : undefined;
    if (fault === undefined) return conditionalAnswer(right, headers);
    if (fault.isLie === true && right.status === 200) this.#noteLie(route, shown.keys());
    const faulty = fault.make(right, random);
    return typeof faulty === 'string' ? faulty : conditionalAnswer(faulty, headers);
  }

  #pickFault({ kind }: Route): Fault {
    const possible = FAULTS.filter(({ routes }) => routes === undefined || routes.includes(kind));
    return this.#options.random.pick(possible);
  }

  /** @param shown what the listing would have shown, which need not be the newest */
  #noteLie({ kind, id }: Route, shown: Iterable<number>): void {
    if (kind === 'items') this.itemLies.set(id, (this.itemLies.get(id) ?? 0) + 1);
    if (kind !== 'listing') return;
    for (const contractId of shown) this.liedAbout.add(contractId);
  }

  #withCommonHeaders(answer: Answer): Answer {
    const now = this.#options.time.now();
    const common = {
      Date: now.toUTCString(),
      'X-Esi-Error-Limit-Remain': String(this.#errors.remaining(now)),
      'X-Esi-Error-Limit-Reset': String(secondsToReset(now)),
    };
    return { ...answer, headers: { ...common, ...answer.headers } };
  }
}
