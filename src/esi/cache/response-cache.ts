import { crc32 } from 'node:zlib';
import { DAY_MS } from '../../clock.ts';
import type { Logger } from '../../terminal/logging.ts';
import { type PackedJson, unpackJson } from './packed-json.ts';

/** Listings change every 30 minutes; what nobody wrote for so long is gone. */
export const RECORD_LIFE_MS = 7 * DAY_MS;

/** A body as it is kept, and what it says. */
export interface CachedBody {
  readonly packed: PackedJson;
  readonly data: unknown;
}

/** What is kept of an ESI answer beside its body. */
export interface CachedHead {
  readonly etag: string | null;
  /** Milliseconds since the epoch, by ESI's clock; null when ESI sent none. */
  readonly lastModifiedMs: number | null;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly expiresAtMs: number;
  /** X-Pages; null for routes without pages. */
  readonly pages: number | null;
  /** Elements of the body, when it is an array. */
  readonly rows: number;
}

/**
 * Where a cache keeps its records. Validator and body are one record: it is written and removed
 * as a whole, and a head is replaced only where the body still is.
 */
export interface CacheStore {
  readHead(key: string): Promise<string | undefined>;
  readBody(key: string): Promise<Buffer | undefined>;
  write(key: string, head: string, body: Buffer): Promise<void>;
  replaceHead(key: string, head: string): Promise<void>;
}

/** Keeps ESI's answers for conditional requests. A cache that fails is a miss, never an error. */
export class ResponseCache {
  readonly #store: CacheStore;
  readonly #logger: Logger;
  readonly #isReadOnly: boolean;

  /** @param isReadOnly a dry run reads the cache and leaves it as it is */
  constructor(store: CacheStore, logger: Logger, isReadOnly: boolean) {
    this.#store = store;
    this.#logger = logger;
    this.#isReadOnly = isReadOnly;
  }

  async findHead(key: string): Promise<CachedHead | undefined> {
    return this.#orMiss(key, async () => {
      const text = await this.#store.readHead(key);
      return text === undefined ? undefined : readHead(text);
    });
  }

  /** Undefined when the body was evicted or cannot be read. */
  async findBody(key: string): Promise<CachedBody | undefined> {
    return this.#orMiss(key, async () => {
      const packed = await this.#store.readBody(key);
      return packed && { packed, data: await unpackJson(packed) };
    });
  }

  async store(key: string, head: CachedHead, body: PackedJson): Promise<void> {
    if (this.#isReadOnly) return;
    await this.#orMiss(key, () => this.#store.write(key, writeHead(head), body));
  }

  async replaceHead(key: string, head: CachedHead): Promise<void> {
    if (this.#isReadOnly) return;
    await this.#orMiss(key, () => this.#store.replaceHead(key, writeHead(head)));
  }

  async #orMiss<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#logger.debug({ key, error }, 'cache failed; taken as a miss');
      return undefined;
    }
  }
}

/** The body's gzip has a checksum of its own. A page count that is wrong would close contracts. */
function writeHead(head: CachedHead): string {
  return JSON.stringify({ ...head, checksum: crc32(JSON.stringify(head)) });
}

/** @throws when the text is not what `writeHead` made */
function readHead(text: string): CachedHead {
  const { checksum, ...head } = JSON.parse(text) as CachedHead & { checksum?: unknown };
  if (checksum !== crc32(JSON.stringify(head))) throw new Error('the checksum is wrong');
  return head;
}
