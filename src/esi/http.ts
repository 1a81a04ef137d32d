import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, {
  AxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';
import axiosRetry from 'axios-retry';
import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { Governor } from './governor.ts';
import { parseHttpDate } from './http-date.ts';
import type { Answer } from './limits.ts';
import { readPageCount } from './page-count.ts';

/** The largest listing page seen has 0.4 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_RETRIES = 3;
const FIRST_RETRY_DELAY_MS = 250;
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([420, 429, 500, 502, 503, 504, 520]);

/** What axios calls an adapter: sends one attempt of a request. */
export type Transport = (config: InternalAxiosRequestConfig) => Promise<AxiosResponse>;

export interface HttpOptions {
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly compatibilityDate: string;
  /** Milliseconds for one attempt, from the first byte sent to the last received. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly governor: Governor;
  readonly clock: Clock;
  /** 0 ≤ n < 1; spreads retries. */
  readonly random: () => number;
  /** Ends every request, running or waiting. */
  readonly signal: AbortSignal;
  /** @default axios' own, over node:http */
  readonly transport?: Transport;
}

/** JSON array, JSON object, or a listing page: an array with the headers that paging needs. */
export type Shape = 'array' | 'object' | 'page';

export interface HttpRequest {
  readonly path: string;
  /** Family of the path, by which ESI groups its token buckets. */
  readonly route: string;
  /** A body makes it a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 200 that are an answer, not an error. */
  readonly accept?: readonly number[];
  /** An answer of another shape is broken, and asked for again. */
  readonly shape: Shape;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; meaningless unless the status is 200. */
  readonly data: unknown;
}

/** Counts for the summary. */
export interface HttpCounters {
  requests: number;
  retries: number;
  errors: number;
}

declare module 'axios' {
  interface AxiosRequestConfig {
    route?: string;
    accept?: readonly number[];
    shape?: Shape;
  }
}

/** Sends requests to ESI: governed, bounded in time and size, retried where that can help. */
export class Http {
  readonly counters: HttpCounters = { requests: 0, retries: 0, errors: 0 };
  readonly #axios: AxiosInstance;
  readonly #signal: AbortSignal;
  readonly #agents: readonly (HttpAgent | HttpsAgent)[];

  constructor(options: HttpOptions) {
    const agentOptions = { keepAlive: true, maxSockets: options.concurrency };
    const httpAgent = new HttpAgent(agentOptions);
    const httpsAgent = new HttpsAgent(agentOptions);
    this.#agents = [httpAgent, httpsAgent];
    this.#signal = options.signal;
    this.#axios = axios.create({
      baseURL: options.baseUrl,
      headers: {
        accept: 'application/json',
        'user-agent': options.userAgent,
        'x-compatibility-date': options.compatibilityDate,
      },
      httpAgent,
      httpsAgent,
      maxContentLength: MAX_BODY_BYTES,
      // A redirect could lead the requests to another host; ESI's routes have none.
      maxRedirects: 0,
      signal: options.signal,
      adapter: this.#governedAdapter(options),
    });
    this.#axios.interceptors.response.use(rejectBrokenBody);
    this.#installRetry(options);
  }

  /**
   * @throws EsiError when there is no usable answer after all retries
   * @throws EsiDownError when ESI has only failed for a while
   * @throws the signal's reason when aborted
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { path, route, body, headers = {}, accept = [], shape } = request;
    const method = body === undefined ? 'GET' : 'POST';
    try {
      const config = { url: path, method, data: body, headers, route, accept, shape };
      return toHttpResponse(await this.#axios.request(config));
    } catch (error) {
      this.#signal.throwIfAborted();
      throw toEsiError(error, `${method} ${path}`);
    }
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  /** What every attempt goes through: a place from the governor, a deadline, a count. */
  #governedAdapter(options: HttpOptions) {
    const transport = options.transport ?? axios.getAdapter('http');
    return async (config: InternalAxiosRequestConfig): Promise<AxiosResponse> => {
      const route = config.route ?? '';
      await options.governor.enter(route, options.signal);
      this.counters.requests += 1;
      config.validateStatus = (status) => status === 200 || !!config.accept?.includes(status);
      let outcome: unknown;
      try {
        const response = await withDeadline(config, options, transport);
        outcome = response;
        return { ...response, config };
      } catch (error) {
        outcome = error;
        // The attempt had a signal of its own; a retry listens to the run's again.
        if (axios.isAxiosError(error)) error.config = config;
        throw error;
      } finally {
        const answer = options.signal.aborted ? undefined : describeAnswer(route, outcome);
        this.#countError(answer);
        options.governor.leave(answer);
      }
    };
  }

  #countError(answer: Answer | undefined): void {
    if (answer !== undefined && isErrorStatus(answer.status)) this.counters.errors += 1;
  }

  #installRetry({ random }: HttpOptions): void {
    axiosRetry(this.#axios, {
      retries: MAX_RETRIES,
      retryCondition: isRetryable,
      retryDelay: (retry) => FIRST_RETRY_DELAY_MS * 2 ** (retry - 1) * (1 + random()),
      shouldResetTimeout: true,
      onRetry: () => {
        this.counters.retries += 1;
      },
    });
  }
}

/** axios' own timeout is one of silence: a body that trickles would never end. */
async function withDeadline(
  config: InternalAxiosRequestConfig,
  { signal, timeoutMs, clock }: HttpOptions,
  transport: Transport,
): Promise<AxiosResponse> {
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  let timedOut = false;
  const cancelTimeout = clock.schedule(timeoutMs, () => {
    timedOut = true;
    attempt.abort();
  });
  try {
    return await transport({ ...config, signal: attempt.signal });
  } catch (error) {
    if (!timedOut) throw error;
    const timeout = new Error(`no answer in ${timeoutMs} ms`, { cause: error });
    throw AxiosError.from(timeout, AxiosError.ETIMEDOUT, config);
  } finally {
    cancelTimeout();
    signal.removeEventListener('abort', abort);
  }
}

function isErrorStatus(status: number): boolean {
  return status === 0 || status >= 400;
}

function describeAnswer(route: string, outcome: unknown): Answer {
  const response = axios.isAxiosError(outcome) ? outcome.response : (outcome as AxiosResponse);
  if (response === undefined) return { route, status: 0, headers: {}, body: undefined };
  return { route, ...toHttpResponse(response), body: response.data as unknown };
}

function rejectBrokenBody(response: AxiosResponse): AxiosResponse {
  const { config, status } = response;
  const fault = status === 200 ? findFault(config.shape, toHttpResponse(response)) : undefined;
  if (fault === undefined) return response;
  throw new AxiosError(fault, AxiosError.ERR_BAD_RESPONSE, config, response.request, response);
}

function findFault(shape: Shape | undefined, { data, headers }: HttpResponse): string | undefined {
  if (shape === 'object') return isPlainObject(data) ? undefined : 'the body is no JSON object';
  if (!Array.isArray(data)) return 'the body is no JSON array';
  if (shape === 'array') return undefined;
  if (readPageCount(headers) === undefined) return 'X-Pages is missing or absurd';
  return parseHttpDate(headers['last-modified']) === undefined
    ? 'Last-Modified is missing or unreadable'
    : undefined;
}

function isRetryable(error: AxiosError): boolean {
  if (axios.isCancel(error)) return false;
  const status = error.response?.status;
  // Status 200 comes here only with a broken body.
  return status === undefined || status === 200 || RETRYABLE_STATUSES.has(status);
}

function toHttpResponse(response: AxiosResponse): HttpResponse {
  const headers = response.headers as Readonly<Record<string, string | undefined>>;
  return { status: response.status, headers, data: response.data as unknown };
}

function toEsiError(error: unknown, request: string): unknown {
  if (!axios.isAxiosError(error)) return error;
  const status = error.response?.status;
  const detail = status === undefined || status === 200 ? error.message : `status ${status}`;
  return new EsiError(`${request}: ${detail}`, { status, cause: error });
}

function isPlainObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
