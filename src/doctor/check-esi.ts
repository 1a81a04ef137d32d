import { CLOCK_SLACK_MS } from '../clock.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { createCache, withEsi } from '../composition/compose-esi.ts';
import { withRedis } from '../composition/compose-lock.ts';
import { ConfigError, EsiError, reasonOf } from '../errors.ts';
import type { Transport } from '../esi/http/http.ts';
import { parseHttpDate } from '../esi/http/http-date.ts';
import type { Redis } from '../redis.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const CHECK = 'ESI';
const LOW_ERROR_BUDGET = 20;

type Response = Awaited<ReturnType<Transport>>;

/** What the one answer told, beside its body. */
interface Answer {
  readonly status: number;
  readonly errorsLeft: number | undefined;
  /** How far this machine's clock is ahead; undefined when the answer has no date. */
  readonly aheadMs: number | undefined;
  readonly tookMs: number;
}

/** One request at most, as a run would send it: through the cache, which stays as it is. */
export async function checkEsi(
  context: CommandContext,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { ESI_BASE_URL: url } = context.config;
  const witness = new Witness(context.clock);
  const asking = watched(context, witness);
  try {
    const regionIds = await withCacheServer(context, (redis) =>
      askForRegions(asking, redis, AbortSignal.any([signal, witness.signal])),
    );
    return [...describe(url, regionIds.length, witness.answer), checkClock(witness.answer)];
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const status = witness.answer?.status;
    const isRefused = status !== undefined && status !== 200;
    const message = isRefused ? `${url} answers with status ${status}` : reasonOf(error);
    return [fail(CHECK, 1, message, remedyFor(status)), checkClock(witness.answer)];
  }
}

/** A cache that cannot be reached is no reason not to ask. */
async function withCacheServer<T>(
  context: CommandContext,
  work: (redis: Redis | undefined) => Promise<T>,
): Promise<T> {
  let hasBegun = false;
  const begin = (redis: Redis | undefined) => {
    hasBegun = true;
    return work(redis);
  };
  try {
    return await withRedis(context, begin);
  } catch (error) {
    if (hasBegun) throw error;
    return work(undefined);
  }
}

async function askForRegions(
  context: CommandContext,
  redis: Redis | undefined,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const cache = await createCache(context, redis, true);
  return withEsi(context, cache, { signal }, (esi) => esi.regionIds());
}

/** The context, with somebody who looks at what goes out and comes in. */
function watched(context: CommandContext, witness: Witness): CommandContext {
  const connectEsi: CommandContext['adapters']['connectEsi'] = async (connections, environment) => {
    const real = await context.adapters.connectEsi(connections, environment);
    return { send: witness.watch(real.send), close: () => real.close() };
  };
  return { ...context, adapters: { ...context.adapters, connectEsi } };
}

/** Lets one request through, and remembers its answer. A second one, a retry, is not sent. */
class Witness {
  answer: Answer | undefined;
  readonly #clock: CommandContext['clock'];
  readonly #stop = new AbortController();
  #hasAsked = false;

  constructor(clock: CommandContext['clock']) {
    this.#clock = clock;
  }

  /** Aborted when the answer is of no use, so that nobody asks again. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  watch(send: Transport): Transport {
    return async (config) => {
      if (this.#hasAsked) throw this.#giveUp(new EsiError('what ESI answered is of no use'));
      this.#hasAsked = true;
      const sentAtMs = this.#clock.now().getTime();
      try {
        const response = await send(config);
        this.answer = this.#read(response, sentAtMs);
        return response;
      } catch (error) {
        const { response } = error as { response?: Response };
        if (response !== undefined) this.answer = this.#read(response, sentAtMs);
        throw this.#giveUp(
          new EsiError(`ESI cannot be reached: ${reasonOf(error)}`, { cause: error }),
        );
      }
    };
  }

  #giveUp(failure: EsiError): EsiError {
    this.#stop.abort(failure);
    return failure;
  }

  #read({ status, headers }: Response, sentAtMs: number): Answer {
    const nowMs = this.#clock.now().getTime();
    const servedAtMs = parseHttpDate(headers['date'] as string | undefined);
    const errorsLeft = headers['x-esi-error-limit-remain'] as string | undefined;
    // The date is in whole seconds, and somewhere between question and answer.
    const aheadMs =
      servedAtMs === undefined ? undefined : (sentAtMs + nowMs) / 2 - servedAtMs - 500;
    return {
      status,
      errorsLeft: errorsLeft === undefined ? undefined : Number(errorsLeft),
      aheadMs,
      tookMs: nowMs - sentAtMs,
    };
  }
}

function describe(url: string, regions: number, answer: Answer | undefined): Finding[] {
  if (answer === undefined) {
    return [ok(CHECK, `${url} not asked: the cache holds what it last said, still valid`)];
  }
  const { tookMs, errorsLeft } = answer;
  const message = `${url} answered in ${tookMs} ms, with ${regions} regions`;
  if (errorsLeft === undefined) return [ok(CHECK, message)];
  const budget = `${message}; ${errorsLeft} errors are left in its error budget`;
  if (errorsLeft > LOW_ERROR_BUDGET) return [ok(CHECK, budget)];
  return [
    warn(
      CHECK,
      budget,
      'see what else asks ESI from this address; a run waits until it is full again',
    ),
  ];
}

function checkClock(answer: Answer | undefined): Finding {
  const check = 'clock';
  const { aheadMs } = answer ?? {};
  if (aheadMs === undefined) return ok(check, 'not compared: there is no fresh answer of ESI');
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (seconds <= 1) return ok(check, "agrees with ESI's");
  const message = `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ESI's`;
  if (Math.abs(aheadMs) <= CLOCK_SLACK_MS) return ok(check, message);
  return warn(check, message, 'set the clock of this machine, e.g. by turning NTP on');
}

function remedyFor(status: number | undefined): string {
  if (status === undefined)
    return 'see whether this machine reaches ESI_BASE_URL, and whether it needs HTTPS_PROXY';
  if (status === 420 || status === 429)
    return 'wait a minute: too many requests or errors came from this address';
  if (status >= 500)
    return 'wait: ESI is down every day at 11:00 UTC for some minutes; see https://esi.evetech.net/status';
  return 'see whether ESI_BASE_URL names ESI, and whether something between changes its answers';
}
