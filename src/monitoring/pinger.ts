import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { Logger } from '../terminal/logging.ts';
import type { PingMessage } from './ping-message.ts';

/** Sends a text to a URL and follows no redirect. @returns the status of the answer */
export type Post = (url: string, text: string, signal: AbortSignal) => Promise<number>;

export interface PingerParts {
  readonly post: Post;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whoever stops the run does not wait for a second attempt. */
  readonly interrupt: AbortSignal;
}

const TIMEOUT_MS = 10_000;
const RETRY_DELAY_MS = 1000;

/**
 * Tries to deliver a ping. That it could not be is logged, and has no other consequence.
 *
 * @param attempts of 10 s at most each
 */
export async function sendPing(
  message: PingMessage,
  attempts: number,
  parts: PingerParts,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const fault = await tryToSend(message, parts);
    if (fault === undefined) return;
    if (attempt >= attempts || !fault.mayPass || parts.interrupt.aborted) {
      parts.logger.warn(
        { reason: fault.reason },
        'the ping did not arrive: see PING_URL and the way to its server',
      );
      return;
    }
    await parts.clock.sleep(RETRY_DELAY_MS * attempt);
  }
}

interface Fault {
  readonly reason: string;
  /** Whether trying again can help. */
  readonly mayPass: boolean;
}

async function tryToSend(
  { url, text }: PingMessage,
  { post, clock }: PingerParts,
): Promise<Fault | undefined> {
  const timeout = new AbortController();
  const cancel = clock.schedule(TIMEOUT_MS, () =>
    timeout.abort(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)),
  );
  try {
    return faultOfStatus(await post(url, text, timeout.signal));
  } catch (error) {
    return { reason: reasonOf(error), mayPass: true };
  } finally {
    cancel();
  }
}

function faultOfStatus(status: number): Fault | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    return { reason: `status ${status}: redirects are not followed`, mayPass: false };
  }
  return { reason: `status ${status}`, mayPass: status >= 500 || status === 429 };
}
