import { ResponseCache } from '../../src/esi/cache/response-cache.ts';
import { EsiClient } from '../../src/esi/client.ts';
import { Http, type Transport } from '../../src/esi/http/http.ts';
import { Governor } from '../../src/esi/limits/governor.ts';
import { createLogger } from '../../src/terminal/logging.ts';
import { MemoryCacheStore } from './cache/memory-cache-store.ts';
import { axiosTransport } from './http/axios-transport.ts';
import { ManualClock } from './manual-clock.ts';
import { MockEsi, ORIGIN } from './mock-esi.ts';

/** The time at which the clock of a test starts. */
export const NOW = new Date('2026-09-08T12:00:00Z');
/** Pauses pass at once, deadlines only when a test advances the clock. */
const LEAP_MS = 3_000_000;
export const TIMEOUT_MS = 3_600_000;

export interface EsiHarnessOptions {
  readonly store?: MemoryCacheStore;
  readonly isReadOnly?: boolean;
  readonly concurrency?: number;
  /** Of a server of the test's own. */
  readonly baseUrl?: string;
  readonly transport?: Transport | undefined;
  /** Waits up to this long pass at once. */
  readonly leapMs?: number;
  /** 0 ≤ n < 1. @default 0 */
  readonly random?: () => number;
}

/** An ESI client over a mocked server, with everything that a test looks at. */
export class EsiHarness {
  readonly mock = new MockEsi();
  readonly clock: ManualClock;
  readonly controller = new AbortController();
  readonly logLines: string[] = [];
  readonly store: MemoryCacheStore;
  readonly cache: ResponseCache;
  readonly http: Http;
  readonly client: EsiClient;

  constructor(options: EsiHarnessOptions = {}) {
    const { logLines } = this;
    const clock = new ManualClock(NOW, options.leapMs ?? LEAP_MS);
    this.clock = clock;
    const { store = new MemoryCacheStore(), isReadOnly = false, concurrency = 8 } = options;
    const { signal } = this.controller;
    const write = (line: string) => logLines.push(line);
    const logger = createLogger({
      level: 'debug',
      runId: 'run',
      pretty: false,
      secrets: [],
      write,
    });
    this.store = store;
    this.cache = new ResponseCache(store, logger, isReadOnly);
    const governor = new Governor({ concurrency, maxRequestsPerSecond: 0, clock });
    this.http = new Http({
      baseUrl: options.baseUrl ?? ORIGIN,
      userAgent: 'contracts-agg/0.0.0 (test@example.com)',
      compatibilityDate: '2026-07-21',
      timeoutMs: TIMEOUT_MS,
      governor,
      clock,
      random: options.random ?? (() => 0),
      signal,
      transport: options.transport ?? axiosTransport(),
    });
    this.client = new EsiClient({
      http: this.http,
      governor,
      cache: this.cache,
      clock,
      signal,
    });
  }
}

/** An HTTP date, in seconds from the start of the clock. */
export function httpDate(seconds: number): string {
  return new Date(NOW.getTime() + seconds * 1000).toUTCString();
}

/** What a promise is rejected with; undefined when it is not. */
export function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
