import { setMaxListeners } from 'node:events';
import axios, {
  AxiosError,
  type AxiosInstance,
  type AxiosRequestConfig,
  type AxiosResponse,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';
import axiosRetry from 'axios-retry';
import type { Clock } from '../../clock.ts';
import { EsiError, isOutOfFiles, OpenFilesError } from '../../errors.ts';
import type { Governor } from '../limits/governor.ts';
import { isError } from '../limits/limits.ts';
import type { Answer } from '../limits/pauses.ts';
import { Waits } from '../limits/waits.ts';
import { AttemptSignal } from './attempt-signal.ts';
import { type Expected, findFault, type Headers, parseJson } from './response-shape.ts';

/** The largest listing page seen has 0.4 MB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const MAX_RETRIES = 3;
const FIRST_DELAY_MS = 250;
const JSON_CONTENT = { 'content-type': 'application/json' };
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([420, 429, 500, 502, 503, 504, 520]);

/** What axios calls an adapter: sends one attempt of a request. */
export type Transport = (config: InternalAxiosRequestConfig) => Promise<AxiosResponse>;

export interface HttpOptions {
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly compatibilityDate: string;
  /** Milliseconds for one attempt, from the first byte sent to the last received. */
  readonly timeoutMs: number;
  readonly governor: Governor;
  readonly clock: Clock;
  /** 0 ≤ n < 1; spreads retries. */
  readonly random: () => number;
  /** Ends every request, running or waiting. */
  readonly signal: AbortSignal;
  /** Aborted with an OutOfTimeError: no attempt is begun any more. */
  readonly timeIsUp?: AbortSignal | undefined;
  readonly transport: Transport;
}

/** An answer that is not as expected is broken, and asked for again. */
export interface HttpRequest extends Expected {
  readonly path: string;
  /** Family of the path, by which ESI groups its token buckets. */
  readonly route: string;
  /** A body makes it a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses beside 200 that are an answer, not an error. */
  readonly accept?: readonly number[];
  /** @default true */
  readonly isRetried?: boolean;
}

interface Body {
  readonly text: string;
  readonly json: unknown;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined where there is none. */
  readonly data: unknown;
  /** The body as ESI sent it. */
  readonly text: string;
}

/** Counts for the summary. */
export interface HttpCounters {
  requests: number;
  retries: number;
  errors: number;
}

declare module 'axios' {
  interface AxiosRequestConfig extends Partial<Expected> {
    route?: string;
  }
}

/** Sends requests to ESI: governed, bounded in time and size, retried where that can help. */
export class Http {
  readonly counters: HttpCounters = { requests: 0, retries: 0, errors: 0 };
  readonly waits: Waits;
  readonly #options: HttpOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #axios: AxiosInstance;
  readonly #underWay = new Set<AttemptSignal>();
  /** Keeps attempts from beginning. */
  readonly #stop: AbortSignal;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.waits = new Waits(options.clock);
    const { signal, timeIsUp } = options;
    this.#stop = timeIsUp === undefined ? signal : AbortSignal.any([signal, timeIsUp]);
    setMaxListeners(0, this.#stop);
    this.#headers = {
      accept: 'application/json',
      'user-agent': options.userAgent,
      'x-compatibility-date': options.compatibilityDate,
    };
    this.#axios = createAxios({
      baseURL: options.baseUrl,
      maxContentLength: MAX_BODY_BYTES,
      // A redirect could lead the requests to another host; ESI's routes have none.
      maxRedirects: 0,
      signal: options.signal,
      adapter: (config) => this.#attempt(config),
    });
    this.#installRetry();
    options.signal.addEventListener('abort', () => this.#abortAll(), { once: true });
  }

  /**
   * @throws EsiError when no answer is usable after all retries; EsiDownError when ESI only fails
   * @throws OpenFilesError when no connection can be opened; the reason of a signal when aborted
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    try {
      return toHttpResponse(await this.#axios.request<Body>(toAxiosConfig(request)));
    } catch (error) {
      this.#stop.throwIfAborted();
      throw toEsiError(error, `${methodOf(request)} ${request.path}`);
    }
  }

  /** What every attempt goes through: a place from the governor, a deadline, a check, a count. */
  async #attempt(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const { governor, signal } = this.#options;
    const { route = '' } = config;
    await governor.enter(route, this.#stop);
    this.counters.requests += 1;
    Object.assign(config.headers, this.#headers);
    let answer: Answer = { route, status: 0, headers: {}, body: undefined };
    try {
      const response = await this.#sendInTime(config);
      answer = toAnswer(route, response);
      return parsed(response, config);
    } catch (error) {
      if (axios.isAxiosError(error) && error.response) answer = toAnswer(route, error.response);
      answer = { ...answer, isUseless: true };
      throw error;
    } finally {
      this.#leave(signal.aborted ? undefined : answer);
    }
  }

  /** axios' own timeout is one of silence: a body that trickles would never end. */
  async #sendInTime(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const { signal, timeoutMs, clock, transport } = this.#options;
    const attempt = new AttemptSignal();
    this.#underWay.add(attempt);
    const cancelTimeout = clock.schedule(timeoutMs, () => attempt.abort(true));
    config.signal = attempt;
    try {
      return await transport(config);
    } catch (error) {
      if (!attempt.isTimeout) throw error;
      const timeout = new Error(`no answer in ${timeoutMs} ms`, { cause: error });
      const response = axios.isAxiosError(error) ? error.response : undefined;
      throw AxiosError.from(timeout, AxiosError.ETIMEDOUT, config, null, response);
    } finally {
      cancelTimeout();
      this.#underWay.delete(attempt);
      config.signal = signal;
    }
  }

  #leave(answer: Answer | undefined): void {
    if (answer !== undefined && isError(answer.status)) this.counters.errors += 1;
    this.#options.governor.leave(answer);
  }

  #abortAll(): void {
    for (const attempt of this.#underWay) attempt.abort();
  }

  #installRetry(): void {
    axiosRetry(this.#axios, {
      retries: MAX_RETRIES,
      retryCondition: isRetryable,
      // Its own delay would be by the real clock.
      retryDelay: () => 0,
      shouldResetTimeout: true,
      onRetry: (retry) => this.#waitBeforeRetry(retry),
    });
  }

  async #waitBeforeRetry(retry: number): Promise<void> {
    const delayMs = FIRST_DELAY_MS * 2 ** (retry - 1) * (1 + this.#options.random());
    this.counters.retries += 1;
    await this.waits.sleep('retry', delayMs, this.#stop);
  }
}

/** axios merges its defaults into every request: the ones without use here take 20 of its 31 µs. */
function createAxios(defaults: CreateAxiosDefaults): AxiosInstance {
  const client = axios.create(defaults);
  for (const name of Object.keys(client.defaults)) {
    if (!(name in defaults)) Reflect.deleteProperty(client.defaults, name);
  }
  return client;
}

function toAxiosConfig(request: HttpRequest): AxiosRequestConfig {
  const { path: url, route, body, headers, accept, shape, check, isRetried = true } = request;
  const validateStatus = (status: number) => status === 200 || accept?.includes(status) === true;
  const retry = isRetried ? {} : { 'axios-retry': { retries: 0 } };
  const config = { url, method: methodOf(request), route, shape, check, validateStatus, ...retry };
  if (body === undefined) return headers === undefined ? config : { ...config, headers };
  return { ...config, data: JSON.stringify(body), headers: { ...headers, ...JSON_CONTENT } };
}

function methodOf({ body }: HttpRequest): 'GET' | 'POST' {
  return body === undefined ? 'GET' : 'POST';
}

function toAnswer(route: string, response: AxiosResponse): Answer {
  const { status, data: body } = response as AxiosResponse<unknown>;
  return { route, status, headers: headersOf(response), body };
}

/** The answer with its body parsed. @throws AxiosError when that is not what it should be */
function parsed(response: AxiosResponse, config: InternalAxiosRequestConfig): AxiosResponse<Body> {
  const text = response.data as string;
  const json = parseJson(text);
  const fault = findFault(response.status, json, headersOf(response), config);
  if (fault === undefined) return { ...response, data: { text, json } };
  throw new AxiosError(fault, AxiosError.ERR_BAD_RESPONSE, config, null, response);
}

function isRetryable(error: AxiosError): boolean {
  if (axios.isCancel(error) || isOutOfFiles(error)) return false;
  const status = error.response?.status;
  // Status 200 comes here only with a broken body.
  return status === undefined || status === 200 || RETRYABLE_STATUSES.has(status);
}

function toHttpResponse(response: AxiosResponse<Body>): HttpResponse {
  const { json, text } = response.data;
  return { status: response.status, headers: headersOf(response), data: json, text };
}

function headersOf({ headers }: AxiosResponse): Headers {
  return headers as Headers;
}

function toEsiError(error: unknown, request: string): unknown {
  if (!axios.isAxiosError(error)) return error;
  if (isOutOfFiles(error)) {
    return new OpenFilesError(`${request}: ${error.message}`, { cause: error });
  }
  const status = error.response?.status;
  const detail = status === undefined || status === 200 ? error.message : `status ${status}`;
  return new EsiError(`${request}: ${detail}`, { status, cause: error });
}
