import pMap from 'p-map';
import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { ConditionalAnswer, ConditionalGet, ConditionalRequest } from './conditional-get.ts';
import {
  assertOneSnapshot,
  isCapped,
  isUnchanged,
  type ListedRows,
  lastModifiedOf,
  mayHideAPage,
  msUntilNextSnapshot,
  readRows,
  TornListingError,
} from './snapshot.ts';

/** Listings are cached for 1800 s (`x-cache-age` of ESI's specification). */
const LISTING_LIFE_SECONDS = 1800;
const MAX_ATTEMPTS = 4;
const RESTART_DELAY_MS = 500;
/** Few, so that an absurd X-Pages costs few errors before the first 404 ends the attempt. */
const PAGES_AT_ONCE = 8;

/** One region's public contracts, all pages of one snapshot. */
export interface ListingSnapshot extends ListedRows {
  readonly kind: 'snapshot';
  /** ESI's Last-Modified of the snapshot. */
  readonly lastModified: Date;
  /** ESI's clock when the listing was read. */
  readonly servedAt: Date;
  /** The listing was cut off at ESI's limit: the newest contracts are missing. */
  readonly isCapped: boolean;
}

/** The listing has not changed since the snapshot that the caller knows. */
export interface UnchangedListing {
  readonly kind: 'unchanged';
  readonly lastModified: Date;
}

/** Reads listings so that every answer is one consistent snapshot. */
export class ListingReader {
  readonly #conditional: ConditionalGet;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(conditional: ConditionalGet, clock: Clock, signal: AbortSignal) {
    this.#conditional = conditional;
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * @param known Last-Modified of the snapshot that the caller has stored completely
   * @throws EsiError when a page fails, or no attempt sees one snapshot. An id that stays on two
   *   pages in every attempt is no error: the last snapshot then says `hasShifted`.
   */
  async read(regionId: number, known?: Date): Promise<ListingSnapshot | UnchangedListing> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const pages = await this.#readPages(regionId, attempt > 1);
        const lastModified = lastModifiedOf(pages);
        if (isUnchanged(pages, known)) return { kind: 'unchanged', lastModified };
        const snapshot = await this.#load(pages, lastModified);
        if (!snapshot.hasShifted || attempt === MAX_ATTEMPTS) return snapshot;
      } catch (error) {
        if (!(error instanceof TornListingError) || attempt === MAX_ATTEMPTS) throw error;
      }
      await this.#clock.sleep(RESTART_DELAY_MS * attempt, this.#signal);
    }
  }

  async #readPages(regionId: number, isRestart: boolean): Promise<ConditionalAnswer[]> {
    const first = await this.#firstPage(regionId, isRestart);
    const numbers = Array.from({ length: (first.head.pages ?? 1) - 1 }, (_, index) => index + 2);
    const rest = await pMap(
      numbers,
      (page) => this.#page(regionId, page, { revalidate: isRestart }),
      { concurrency: PAGES_AT_ONCE, signal: this.#signal },
    );
    const pages = [first, ...rest];
    if (mayHideAPage(pages)) {
      pages[pages.length - 1] = await this.#page(regionId, pages.length, { unconditional: true });
    }
    assertOneSnapshot(pages);
    return pages;
  }

  async #firstPage(regionId: number, isRestart: boolean): Promise<ConditionalAnswer> {
    // Only a 200 carries X-Pages, which may be what has changed.
    const first = await this.#page(regionId, 1, { unconditional: isRestart });
    const waitMs = msUntilNextSnapshot(first, this.#clock.now().getTime());
    if (waitMs === 0) return first;
    await this.#clock.sleep(waitMs, this.#signal);
    return this.#page(regionId, 1, { revalidate: true });
  }

  async #page(
    regionId: number,
    page: number,
    options: Pick<ConditionalRequest, 'revalidate' | 'unconditional'>,
  ): Promise<ConditionalAnswer> {
    try {
      return await this.#conditional.get({
        path: `/contracts/public/${regionId}?page=${page}`,
        route: 'contracts/public',
        shape: 'page',
        maxLifeSeconds: LISTING_LIFE_SECONDS,
        ...options,
      });
    } catch (error) {
      const isPastTheEnd = page > 1 && error instanceof EsiError && error.status === 404;
      throw isPastTheEnd ? new TornListingError(error.message, { cause: error }) : error;
    }
  }

  async #load(pages: readonly ConditionalAnswer[], lastModified: Date): Promise<ListingSnapshot> {
    const bodies: unknown[][] = [];
    for (const page of pages) {
      const { data, head } = await page.body();
      if (head.lastModifiedMs !== page.head.lastModifiedMs) {
        throw new TornListingError('a page changed while the listing was read');
      }
      bodies.push(data as unknown[]);
    }
    return {
      kind: 'snapshot',
      lastModified,
      servedAt: new Date(pages[0]?.servedAtMs ?? lastModified),
      isCapped: isCapped(pages),
      ...readRows(bodies),
    };
  }
}
