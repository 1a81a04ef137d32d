import type { Clock } from './clock.ts';
import { OutOfTimeError } from './errors.ts';

/**
 * Does work with a signal that is aborted after a time, with an OutOfTimeError as its reason.
 *
 * @param limitMs undefined for no limit
 * @param words of the error
 */
export async function withTimeLimit<T>(
  clock: Pick<Clock, 'schedule'>,
  limitMs: number | undefined,
  work: (timeIsUp: AbortSignal) => Promise<T>,
  words = 'the time limit came first',
): Promise<T> {
  const timeIsUp = new AbortController();
  if (limitMs === undefined) return work(timeIsUp.signal);
  const stop = () => timeIsUp.abort(new OutOfTimeError(words));
  const cancel = clock.schedule(Math.max(0, limitMs), stop);
  try {
    return await work(timeIsUp.signal);
  } finally {
    cancel();
  }
}
