import type { Random } from '../../fixtures/local-esi/random.ts';
import type { Fate } from './simulated-process.ts';

const MINUTE_MS = 60_000;
const REGIONS = [10000002, 10000043, 10000032] as const;
const HOUR_MS = 3_600_000;

/** What one chapter of a history holds: what passes before, and what goes wrong in it. */
export interface Chapter {
  readonly elapsedMs: number;
  /** Share of the contracts that come and go before it. */
  readonly churn: number;
  readonly edits: number;
  readonly moves: number;
  /** Share of ESI's answers that are faulty. */
  readonly faultShare: number;
  /** Errors that others behind the same address have made in the minute when the run starts. */
  readonly errorsOfOthers: number;
  /** The pages of listings shift against each other as long as the chapter lasts. */
  readonly shiftsPages: boolean;
  /** When ESI goes down, from the start of the chapter, and for how long. */
  readonly downtime: Interval | undefined;
  readonly redisOutage: Interval | undefined;
  /** When ESI takes a new snapshot in the middle of the pass. */
  readonly rollsAtMs: number | undefined;
  readonly evictsCache: boolean;
  /** Redis goes back to what it cached before the chapter before. */
  readonly rewindsCache: boolean;
  readonly lockTrouble: LockTrouble | undefined;
  readonly brokenStatements: number;
  readonly brokenCommands: number;
  /** When the first run is stopped, its lock is deleted and a second run begins. */
  readonly isTakenOver: boolean;
  /** A second run beside the first, after so many milliseconds. */
  readonly rivalAfterMs: number | undefined;
  readonly terminatedAfterMs: number | undefined;
  readonly timeLimitMs: number | undefined;
  readonly fates: readonly [Fate, Fate];
  /** Whether the run takes other groups for ships than the rest of the history. */
  readonly hasOtherShips: boolean;
}

export interface Interval {
  readonly fromMs: number;
  readonly lengthMs: number;
}

interface LockTrouble {
  readonly atMs: number;
  readonly kind: 'deleted' | 'stolen';
}

/** How large the world is, and how it is read. */
export interface Scale {
  readonly regionIds: readonly number[];
  readonly contracts: number;
  readonly pageSize: number;
  readonly itemsPageSize: number;
  readonly settings: Readonly<Record<string, string>>;
}

export function chooseScale(random: Random): Scale {
  const isLarge = random.chance(0.08);
  return {
    regionIds: REGIONS.slice(0, random.int(1, isLarge ? 1 : REGIONS.length)),
    contracts: isLarge ? random.int(105, 150) : random.int(3, 40),
    pageSize: isLarge ? random.int(4, 30) : random.int(2, 15),
    itemsPageSize: random.pick([1000, 1000, 3]),
    settings: {
      DB_BATCH_SIZE: String(random.pick([1, 7, 40, 5000])),
      ESI_CONCURRENCY: String(random.pick([1, 4, 32])),
      ESI_MAX_RPS: String(random.pick([0, 50])),
      REGION_CONCURRENCY: String(random.pick([1, 2, 4])),
      LOCK_TTL_SECONDS: String(random.pick([5, 60])),
    },
  };
}

export function chooseChapter(random: Random): Chapter {
  return {
    elapsedMs: random.pick([1, 5, 31, 31, 31, 65, 600]) * MINUTE_MS,
    churn: random.pick([0, 0.05, 0.2, 0.6]),
    edits: random.pick([0, 0, 1, 3]),
    moves: random.chance(0.1) ? 1 : 0,
    faultShare: random.pick([0, 0, 0.02, 0.1, 0.4]),
    errorsOfOthers: random.pick([0, 0, 0, 75, 94]),
    shiftsPages: random.chance(0.1),
    downtime: maybe(random, 0.1, () =>
      interval(random, 3000, random.pick([10_000, 20 * MINUTE_MS])),
    ),
    redisOutage: maybe(random, 0.08, () => interval(random, 3000, 90_000)),
    rollsAtMs: maybe(random, 0.3, () => random.int(2500, 8000)),
    evictsCache: random.chance(0.1),
    rewindsCache: random.chance(0.15),
    lockTrouble: maybe(random, 0.08, () => ({
      atMs: random.int(0, 3000),
      kind: random.pick(['deleted', 'stolen']),
    })),
    brokenStatements: random.pick([0, 0, 0, 0.02, 0.2]),
    brokenCommands: random.pick([0, 0, 0, 0.02, 0.3]),
    isTakenOver: random.chance(0.3),
    rivalAfterMs: maybe(random, 0.2, () => random.int(0, 10_000)),
    terminatedAfterMs: maybe(random, 0.08, () => random.int(0, 4000)),
    timeLimitMs: maybe(random, 0.08, () => random.int(0, 3000)),
    fates: [chooseFate(random), chooseFate(random)],
    hasOtherShips: random.chance(0.1),
  };
}

/** Nothing goes wrong, and all that was put off becomes due. */
export const QUIET_CHAPTER: Chapter = {
  elapsedMs: 61 * MINUTE_MS,
  churn: 0,
  edits: 0,
  moves: 0,
  faultShare: 0,
  errorsOfOthers: 0,
  shiftsPages: false,
  downtime: undefined,
  redisOutage: undefined,
  rollsAtMs: undefined,
  evictsCache: false,
  rewindsCache: false,
  lockTrouble: undefined,
  brokenStatements: 0,
  brokenCommands: 0,
  isTakenOver: false,
  rivalAfterMs: undefined,
  terminatedAfterMs: undefined,
  timeLimitMs: undefined,
  fates: [untouched(), untouched()],
  hasOtherShips: false,
};

/** Many steps are taken in a cold pass and few in an unchanged one: both ends are to be hit. */
function chooseFate(random: Random): Fate {
  const step = () => random.int(1, random.pick([10, 60, 400]));
  return {
    killedAtStep: maybe(random, 0.3, step),
    stoppedAtStep: maybe(random, 0.15, step),
    stoppedForMs: random.pick([3000, 20_000, 70_000, 10 * MINUTE_MS]),
    clockOffsetMs: maybe(random, 0.1, () => random.pick([-HOUR_MS, HOUR_MS])) ?? 0,
  };
}

function untouched(): Fate {
  return { killedAtStep: undefined, stoppedAtStep: undefined, stoppedForMs: 0, clockOffsetMs: 0 };
}

function interval(random: Random, latestMs: number, longestMs: number): Interval {
  return { fromMs: random.int(0, latestMs), lengthMs: random.int(1000, longestMs) };
}

function maybe<T>(random: Random, probability: number, make: () => T): T | undefined {
  return random.chance(probability) ? make() : undefined;
}
