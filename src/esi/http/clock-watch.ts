import { CLOCK_SLACK_MS, type Clock } from '../../clock.ts';
import type { Transport } from './http.ts';
import { parseHttpDate } from './http-date.ts';

/**
 * Compares this machine's clock with ESI's at the first answer. ESI's decides what is true of a
 * contract, but what a run notes of itself is by this machine's.
 *
 * @param tell called when they differ, with how far this machine's is ahead
 */
export function watchClock(
  transport: Transport,
  clock: Clock,
  tell: (aheadMs: number) => void,
): Transport {
  let hasCompared = false;
  return async (config) => {
    const response = await transport(config);
    if (hasCompared) return response;
    const servedAtMs = parseHttpDate(response.headers['date'] as string | undefined);
    if (servedAtMs === undefined) return response;
    hasCompared = true;
    const aheadMs = clock.now().getTime() - servedAtMs;
    if (Math.abs(aheadMs) > CLOCK_SLACK_MS) tell(aheadMs);
    return response;
  };
}
