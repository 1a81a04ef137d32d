import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { ArchiveError, reasonOf } from '../errors.ts';
import type { OpenedArchive } from './archive-source.ts';

/** An answer as a whole: an archive has 6 MB. */
export interface WebAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  /** As the server sends it: seconds, or a date. */
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

/** Asks a web server; follows few redirects. @throws what the client throws when there is no whole answer */
export type WebGet = (
  url: string,
  headers: Readonly<Record<string, string>>,
  options: { readonly signal: AbortSignal; readonly maxBytes: number },
) => Promise<WebAnswer>;

/** What asking takes. */
export interface ArchiveWebParts {
  readonly get: WebGet;
  readonly userAgent: string;
  readonly clock: Pick<Clock, 'sleep' | 'now'>;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

const MAX_ARCHIVE_BYTES = 200_000_000;
const MAX_INDEX_BYTES = 20_000_000;
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 1000;
const MAX_WAIT_MS = 120_000;
const ATTEMPT_TIMEOUT_MS = 300_000;
/** Too many requests, and what servers say while they are in trouble. */
const MAY_PASS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

const INDEX = z.object({
  files: z
    .array(z.object({ url: z.url(), size: z.number().int().nonnegative().nullish() }))
    .nullish(),
  directories: z.array(z.object({ index_url: z.url() })).nullish(),
});

/** A folder of archives. */
export interface ArchiveIndex {
  readonly files: readonly { readonly url: string; readonly size: number | undefined }[];
  /** URLs of the indexes of its folders. */
  readonly directories: readonly string[];
}

/** Archives on a web server, asked for with patience. Both throw ArchiveError when there is no answer. */
export class ArchiveWeb {
  readonly #parts: ArchiveWebParts;

  constructor(parts: ArchiveWebParts) {
    this.#parts = parts;
  }

  async index(url: string, signal: AbortSignal): Promise<ArchiveIndex> {
    const { body } = await this.#get(url, {}, MAX_INDEX_BYTES, signal);
    const { success, data } = INDEX.safeParse(jsonOf(body));
    if (!success) throw new ArchiveError(`${url}: this is no index of archives`);
    return {
      files: (data.files ?? []).map((file) => ({ url: file.url, size: file.size ?? undefined })),
      directories: (data.directories ?? []).map((folder) => folder.index_url),
    };
  }

  /** @returns undefined when the archive has not changed since the ETag */
  async archive(
    url: string,
    etag: string | undefined,
    signal: AbortSignal,
  ): Promise<OpenedArchive | undefined> {
    const headers = etag === undefined ? {} : { 'if-none-match': etag };
    const answer = await this.#get(url, headers, MAX_ARCHIVE_BYTES, signal);
    if (answer.status === 304) return undefined;
    return { packed: piecesOf(answer.body), etag: answer.etag };
  }

  async #get(
    url: string,
    headers: Readonly<Record<string, string>>,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<WebAnswer> {
    const { get, userAgent } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      const timeout = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
      const options = { signal: timeout, maxBytes };
      const answer = await get(url, { 'user-agent': userAgent, ...headers }, options).catch(
        (error: unknown) => ({ error }),
      );
      signal.throwIfAborted();
      if (!('error' in answer) && (answer.status === 200 || answer.status === 304)) return answer;
      const isFinal = attempt === ATTEMPTS || ('status' in answer && !MAY_PASS.has(answer.status));
      if (isFinal) throw noAnswer(url, answer);
      await this.#wait(attempt, 'retryAfter' in answer ? answer.retryAfter : undefined, signal);
    }
  }

  /** Twice as long each time, with jitter, and as long as the server wants. */
  async #wait(attempt: number, retryAfter: string | undefined, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    const ownMs = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + random());
    const wantedMs = retryAfter === undefined ? 0 : waitMsOf(retryAfter, clock.now());
    await clock.sleep(Math.min(MAX_WAIT_MS, Math.max(ownMs, wantedMs)), signal);
  }
}

function noAnswer(url: string, answer: { error: unknown } | WebAnswer): ArchiveError {
  if ('error' in answer) {
    return new ArchiveError(`${url}: it cannot be had: ${reasonOf(answer.error)}`, {
      cause: answer.error,
    });
  }
  const what = answer.status === 404 ? 'is not there' : 'cannot be had';
  return new ArchiveError(`${url}: it ${what} (status ${answer.status})`);
}

function waitMsOf(retryAfter: string, now: Date): number {
  const seconds = Number(retryAfter);
  const ms = Number.isNaN(seconds) ? Date.parse(retryAfter) - now.getTime() : seconds * 1000;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

async function* piecesOf(body: Buffer): AsyncGenerator<Uint8Array> {
  const PIECE_BYTES = 65_536;
  for (let start = 0; start < body.length; start += PIECE_BYTES) {
    yield body.subarray(start, start + PIECE_BYTES);
  }
}
