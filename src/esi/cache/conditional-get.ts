import { CLOCK_SLACK_MS, type Clock } from '../../clock.ts';
import type { Http, HttpResponse } from '../http/http.ts';
import { parseHttpDate } from '../http/http-date.ts';
import { readPageCount } from '../http/page-count.ts';
import type { Expected } from '../http/response-shape.ts';
import { packJson } from './packed-json.ts';
import type { CachedBody, CachedHead, ResponseCache } from './response-cache.ts';

/** Only who sent a validator can be told that nothing changed. */
const NOT_MODIFIED: readonly number[] = [304];

/** An answer that is not as expected is never kept. */
export interface ConditionalRequest extends Expected {
  readonly path: string;
  readonly route: string;
  /** ESI caches the route for this long; a longer `Expires` is not believed. */
  readonly maxLifeSeconds: number;
  /** Ask even when the cached answer has not expired: its snapshot is known to be gone. */
  readonly revalidate?: boolean;
  /** Ask without If-None-Match: only a 200 carries `X-Pages`. */
  readonly unconditional?: boolean;
}

/** An answer: from the cache without a request (`fresh`), by a 304 (`unmodified`), or new. */
export interface ConditionalAnswer {
  readonly source: 'fresh' | 'unmodified' | 'modified';
  readonly head: CachedHead;
  /** Last-Modified of this answer; null when it does not say. */
  readonly lastModifiedMs: number | null;
  /** Last-Modified under which the body was stored before this request; null for a new body. */
  readonly storedLastModifiedMs: number | null;
  /** ESI's clock at the answer, in milliseconds since the epoch; not too late for a fresh one. */
  readonly servedAtMs: number;
  /** Asks ESI again when the cache has lost the body. */
  body(): Promise<LoadedBody>;
}

interface LoadedBody extends CachedBody {
  readonly head: CachedHead;
}

export interface CacheCounters {
  /** Answered without a request. */
  fresh: number;
  /** 304. */
  hits: number;
  /** 200. */
  misses: number;
}

/** GET with If-None-Match, never before `Expires`. Records are kept by full URL path and query. */
export class ConditionalGet {
  readonly counters: CacheCounters = { fresh: 0, hits: 0, misses: 0 };
  readonly #http: Http;
  readonly #cache: ResponseCache;
  readonly #clock: Clock;

  constructor(http: Http, cache: ResponseCache, clock: Clock) {
    this.#http = http;
    this.#cache = cache;
    this.#clock = clock;
  }

  /** @throws EsiError when ESI gives no usable answer */
  async get(request: ConditionalRequest): Promise<ConditionalAnswer> {
    const cached = request.unconditional ? undefined : await this.#cache.findHead(request.path);
    const nowMs = this.#clock.now().getTime();
    if (cached && isFresh(cached, request, nowMs)) {
      this.counters.fresh += 1;
      const { lastModifiedMs } = cached;
      return this.#fromCache(request, cached, {
        source: 'fresh',
        head: cached,
        lastModifiedMs,
        servedAtMs: lastModifiedMs ?? nowMs,
      });
    }
    const response = await this.#ask(request, cached?.etag ?? undefined);
    if (response.status === 200 || cached === undefined) return this.#store(request, response);
    this.counters.hits += 1;
    const head = this.#renewedHead(request, cached, response);
    await this.#cache.replaceHead(request.path, head);
    return this.#fromCache(request, cached, {
      source: 'unmodified',
      head,
      lastModifiedMs: parseHttpDate(response.headers['last-modified']) ?? null,
      servedAtMs: this.#servedAtMs(response),
    });
  }

  async #ask(request: ConditionalRequest, etag: string | undefined): Promise<HttpResponse> {
    if (etag === undefined) return this.#http.send(request);
    const headers = { 'if-none-match': etag };
    const response = await this.#http.send({ ...request, headers, accept: NOT_MODIFIED });
    const isDated = parseHttpDate(response.headers['last-modified']) !== undefined;
    // A page that does not tell of which snapshot it is could mix two.
    return isDated || request.shape !== 'page' ? response : this.#http.send(request);
  }

  #fromCache(
    request: ConditionalRequest,
    stored: CachedHead,
    answer: Omit<ConditionalAnswer, 'body' | 'storedLastModifiedMs'>,
  ): ConditionalAnswer {
    const body = async (): Promise<LoadedBody> => {
      const cached = await this.#cache.findBody(request.path);
      if (cached !== undefined) return { ...cached, head: answer.head };
      const renewed = await this.#store(request, await this.#http.send(request));
      return renewed.body();
    };
    return { ...answer, storedLastModifiedMs: stored.lastModifiedMs, body };
  }

  async #store(request: ConditionalRequest, response: HttpResponse): Promise<ConditionalAnswer> {
    this.counters.misses += 1;
    const { data, headers, text } = response;
    const head: CachedHead = {
      etag: headers['etag'] ?? null,
      lastModifiedMs: parseHttpDate(headers['last-modified']) ?? null,
      expiresAtMs: this.#expiresAtMs(request, response),
      pages: readPageCount(headers) ?? null,
      rows: Array.isArray(data) ? data.length : 0,
    };
    const packed = await packJson(text);
    await this.#cache.store(request.path, head, packed);
    const body = () => Promise.resolve({ data, packed, head });
    return {
      source: 'modified',
      head,
      lastModifiedMs: head.lastModifiedMs,
      storedLastModifiedMs: null,
      servedAtMs: this.#servedAtMs(response),
      body,
    };
  }

  /** A 304 repeats some headers; X-Pages is none of them (ESI's specification). */
  #renewedHead(
    request: ConditionalRequest,
    cached: CachedHead,
    response: HttpResponse,
  ): CachedHead {
    const { headers } = response;
    return {
      ...cached,
      lastModifiedMs: parseHttpDate(headers['last-modified']) ?? cached.lastModifiedMs,
      expiresAtMs: this.#expiresAtMs(request, response),
      pages: readPageCount(headers) ?? cached.pages,
    };
  }

  /** Measured by the server's clock, so that a wrong clock here does no harm. */
  #expiresAtMs({ maxLifeSeconds }: ConditionalRequest, response: HttpResponse): number {
    const expiresMs = parseHttpDate(response.headers['expires']);
    const nowMs = this.#clock.now().getTime();
    if (expiresMs === undefined) return nowMs;
    const lifeMs = expiresMs - this.#servedAtMs(response);
    return nowMs + Math.min(Math.max(0, lifeMs), maxLifeSeconds * 1000);
  }

  #servedAtMs({ headers }: HttpResponse): number {
    return parseHttpDate(headers['date']) ?? this.#clock.now().getTime();
  }
}

/** An expiry that lies too far ahead was written by a clock that has since been put back. */
function isFresh(
  { expiresAtMs }: CachedHead,
  { revalidate, maxLifeSeconds }: ConditionalRequest,
  nowMs: number,
): boolean {
  const leftMs = expiresAtMs - nowMs;
  // Another machine, whose clock is a little ahead, may have written it.
  return !revalidate && leftMs > 0 && leftMs <= maxLifeSeconds * 1000 + CLOCK_SLACK_MS;
}
