import type { Chapter, Interval } from './scenario.ts';
import type { SimulatedWorld } from './simulated-run.ts';

/** The lock of whole runs, under the prefix that simulated runs have. */
export const LOCK_KEY = 'simulated:lock';
const THIEF_TTL_MS = 20_000;

/** What troubles need beyond the servers. */
export interface TroubleParts {
  /** Hears of everything that happens. */
  readonly happen: (name: string) => void;
  readonly takeSnapshot: () => void;
  /** Sends SIGTERM to the first run. */
  readonly terminate: () => void;
}

/** Plans what goes wrong in a chapter. @returns ends it all, and calls off the rest */
export function beginTroubles(
  chapter: Chapter,
  { esi, redis, time }: SimulatedWorld,
  { happen, takeSnapshot, terminate }: TroubleParts,
): () => void {
  const planned: (() => void)[] = [];
  const at = (atMs: number | undefined, name: string, act: () => void) => {
    if (atMs === undefined) return;
    const callOff = time.after(atMs, () => {
      happen(name);
      act();
    });
    planned.push(callOff);
  };
  const { lockTrouble, downtime, redisOutage } = chapter;
  const setDown = (server: { isDown: boolean }, isDown: boolean) => () => {
    server.isDown = isDown;
  };
  esi.faultShare = chapter.faultShare;
  esi.listings.isShifted = chapter.shiftsPages;
  at(downtime?.fromMs, 'ESI goes down', setDown(esi, true));
  at(endOf(downtime), 'ESI is back', setDown(esi, false));
  at(redisOutage?.fromMs, 'Redis goes down', setDown(redis, true));
  at(endOf(redisOutage), 'Redis is back', setDown(redis, false));
  at(chapter.rollsAtMs, 'ESI takes a snapshot', takeSnapshot);
  at(chapter.terminatedAfterMs, 'SIGTERM', terminate);
  at(lockTrouble?.atMs, `the lock is ${lockTrouble?.kind}`, () => {
    if (lockTrouble?.kind === 'deleted') redis.delete(LOCK_KEY);
    else redis.overwrite(LOCK_KEY, 'somebody', THIEF_TTL_MS);
  });
  return () => {
    for (const callOff of planned) callOff();
    esi.faultShare = 0;
    esi.listings.isShifted = false;
    esi.isDown = false;
    redis.isDown = false;
  };
}

function endOf(interval: Interval | undefined): number | undefined {
  return interval && interval.fromMs + interval.lengthMs;
}
