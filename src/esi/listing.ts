import pMap from 'p-map';
import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type {
  ConditionalAnswer,
  ConditionalGet,
  ConditionalRequest,
} from './cache/conditional-get.ts';
import { type PackedJson, unpackJson } from './cache/packed-json.ts';
import type { Waits } from './limits/waits.ts';
import {
  assertNotAhead,
  assertNotOlder,
  assertOneSnapshot,
  believedServedAt,
  idsOfPage,
  isCapped,
  isLastOf,
  isOpenEnded,
  isUnchanged,
  LISTING_LIFE_SECONDS,
  type ListedIds,
  type ListedRows,
  listedIdsOf,
  mayHideAPage,
  msUntilNextSnapshot,
  type PageAnswer,
  type PageIds,
  readRows,
  type SnapshotTimes,
  TornListingError,
  timesOf,
} from './snapshot.ts';

const MAX_ATTEMPTS = 4;
const RESTART_DELAY_MS = 500;
/** Few, so that an absurd X-Pages costs few errors before the first 404 ends the attempt. */
const PAGES_AT_ONCE = 8;

/** One region's public contracts, all pages of one snapshot. */
export interface ListingSnapshot extends ListedIds {
  readonly kind: 'snapshot';
  /** ESI's Last-Modified of the snapshot. */
  readonly lastModified: Date;
  /** ESI's clock when the listing was read. */
  readonly servedAt: Date;
  /** The listing was cut off at ESI's limit: the newest contracts are missing. */
  readonly isCapped: boolean;
  /** The last page is full: what follows it may be missing. */
  readonly isOpenEnded: boolean;
  /** The rows, page by page, each contract once. A page is parsed when it is its turn. */
  rows(): AsyncIterable<ListedRows>;
}

/** Which snapshots the caller has stored. */
export interface StoredSnapshots {
  /** Last-Modified of the one that is stored completely: where it still holds, nothing is to do. */
  readonly complete?: Date | undefined;
  /** Last-Modified of the newest one, completely stored or not. */
  readonly newest?: Date | undefined;
}

/** The listing has not changed since the snapshot that the caller knows. */
export interface UnchangedListing {
  readonly kind: 'unchanged';
  readonly lastModified: Date;
}

/** A page whose rows wait in gzip until they are needed. */
interface PackedPage extends PageIds {
  readonly packed: PackedJson;
}

/** An answer of which only the gzip is kept. */
interface PageOfListing extends PageAnswer {
  content(): Promise<PackedPage>;
}

/** Reads listings so that every answer is one consistent snapshot. */
export class ListingReader {
  readonly #conditional: ConditionalGet;
  readonly #waits: Waits;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(conditional: ConditionalGet, waits: Waits, clock: Clock, signal: AbortSignal) {
    this.#conditional = conditional;
    this.#waits = waits;
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * @throws EsiError when a page fails, no attempt sees one snapshot, or ESI only shows one that is
   *   older than the newest stored. An id that stays on two
   *   pages in every attempt is no error: the last snapshot then says `hasShifted`.
   */
  async read(
    regionId: number,
    { complete, newest }: StoredSnapshots = {},
  ): Promise<ListingSnapshot | UnchangedListing> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const pages = await this.#readPages(regionId, attempt > 1);
        const times = timesOf(pages);
        assertNotAhead(times, this.#clock.now().getTime());
        assertNotOlder(times, newest);
        if (isUnchanged(pages, complete)) return unchanged(times);
        const snapshot = await this.#load(pages, times);
        if (!snapshot.hasShifted || attempt === MAX_ATTEMPTS) return snapshot;
      } catch (error) {
        if (!(error instanceof TornListingError) || attempt === MAX_ATTEMPTS) throw error;
      }
      await this.#waits.sleep('retry', RESTART_DELAY_MS * attempt, this.#signal);
    }
  }

  async #readPages(regionId: number, isRestart: boolean): Promise<PageOfListing[]> {
    const first = await this.#firstPage(regionId, isRestart);
    const numbers = Array.from({ length: (first.head.pages ?? 1) - 1 }, (_, index) => index + 2);
    const read = (page: number) => this.#page(regionId, page, { revalidate: isRestart });
    const pages = [first, ...(await this.#severalPages(numbers, read))];
    if (mayHideAPage(pages)) {
      const asked = await this.#page(regionId, pages.length, { unconditional: true });
      if (!isLastOf(pages, asked)) pages[pages.length - 1] = asked;
    }
    assertOneSnapshot(pages);
    return pages;
  }

  /** When one fails, those under way are awaited: the next attempt must not ask beside them. */
  async #severalPages<T>(numbers: readonly number[], read: (page: number) => Promise<T>) {
    const underWay = new Set<Promise<T>>();
    const tracked = (page: number) => {
      const answer = read(page);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    };
    try {
      return await pMap(numbers, tracked, { concurrency: PAGES_AT_ONCE, signal: this.#signal });
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  async #firstPage(regionId: number, isRestart: boolean): Promise<PageOfListing> {
    // Only a 200 carries X-Pages, which may be what has changed.
    const first = await this.#page(regionId, 1, { unconditional: isRestart });
    const waitMs = msUntilNextSnapshot(first, this.#clock.now().getTime());
    if (waitMs === 0) return first;
    await this.#waits.sleep('listing', waitMs, this.#signal);
    return this.#page(regionId, 1, { revalidate: true });
  }

  async #page(
    regionId: number,
    page: number,
    options: Pick<ConditionalRequest, 'revalidate' | 'unconditional'>,
  ): Promise<PageOfListing> {
    try {
      const answer = await this.#conditional.get({
        path: `/contracts/public/${regionId}?page=${page}`,
        route: 'contracts/public',
        shape: 'page',
        maxLifeSeconds: LISTING_LIFE_SECONDS,
        ...options,
      });
      return await withoutRows(answer);
    } catch (error) {
      const isPastTheEnd = page > 1 && error instanceof EsiError && error.status === 404;
      throw isPastTheEnd ? new TornListingError(error.message, { cause: error }) : error;
    }
  }

  async #load(pages: readonly PageOfListing[], times: SnapshotTimes): Promise<ListingSnapshot> {
    const contents: PackedPage[] = [];
    for (const page of pages) contents.push(await page.content());
    return {
      kind: 'snapshot',
      lastModified: new Date(times.lastModifiedMs),
      servedAt: believedServedAt(times),
      isCapped: isCapped(pages),
      isOpenEnded: isOpenEnded(pages),
      ...listedIdsOf(contents),
      rows: () => rowsOf(contents),
    };
  }
}

function unchanged({ lastModifiedMs }: SnapshotTimes): UnchangedListing {
  return { kind: 'unchanged', lastModified: new Date(lastModifiedMs) };
}

/** Lets go of the parsed rows of a new answer; those of a cached one are not even read yet. */
async function withoutRows({ body, ...answer }: ConditionalAnswer): Promise<PageOfListing> {
  if (answer.source !== 'modified') return { ...answer, content: () => load(answer, body) };
  const content = await load(answer, body);
  return { ...answer, content: () => Promise.resolve(content) };
}

/** @throws TornListingError when the body is of another snapshot than the answer */
async function load(answer: PageAnswer, body: ConditionalAnswer['body']): Promise<PackedPage> {
  const { data, packed, head } = await body();
  if (head.lastModifiedMs !== answer.head.lastModifiedMs) {
    throw new TornListingError('a page changed while the listing was read');
  }
  return { packed, ...idsOfPage(data as unknown[]) };
}

async function* rowsOf(pages: readonly PackedPage[]): AsyncGenerator<ListedRows> {
  const seen = new Set<number>();
  for (const { packed, contractIds } of pages) {
    const rows = readRows((await unpackJson(packed)) as unknown[]);
    yield withoutIds(rows, seen);
    for (const contractId of contractIds) seen.add(contractId);
  }
}

/** What an earlier page has shown is left out: the pages may have shifted. */
function withoutIds(rows: ListedRows, seen: ReadonlySet<number>): ListedRows {
  return {
    contracts: rows.contracts.filter(({ contractId }) => !seen.has(contractId)),
    brokenIds: rows.brokenIds.filter((contractId) => !seen.has(contractId)),
  };
}
