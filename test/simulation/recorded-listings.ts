import { contentEtag, type Listing, Listings } from '../../fixtures/local-esi/listings.ts';
import type { EsiContract, Universe } from '../../fixtures/local-esi/universe.ts';

/** ESI's pages hold so many rows; what is told of fewer cannot hide a page. */
const PAGES = { maxPages: 35, ttlMs: 1_800_000, auctionDrift: false };

/** Listings that remember what they have shown. */
export class RecordedListings extends Listings {
  readonly #universe: Universe;
  /** Region → Last-Modified in ms → the rows listed then. */
  readonly #shown = new Map<number, Map<number, ReadonlyMap<number, EsiContract>>>();
  readonly #pageSize: number;
  readonly #before = new Map<number, Listing>();
  /** Whether a cache of ESI has fallen behind, and shows what was listed before. */
  isLate = false;
  /** Whether each page begins with the last row of the page before it. */
  isShifted = false;

  constructor(universe: Universe, pageSize: number) {
    super(universe, { ...PAGES, pageSize });
    this.#universe = universe;
    this.#pageSize = pageSize;
  }

  override roll(now: Date, regionId?: number): void {
    const regionIds = regionId === undefined ? [...this.#universe.regions.keys()] : [regionId];
    for (const id of regionIds) {
      const before = super.find(id);
      if (before !== undefined) this.#before.set(id, before);
    }
    super.roll(now, regionId);
    for (const id of regionIds) {
      const lastModifiedMs = super.find(id)?.lastModified.getTime() ?? 0;
      const rows = [...(this.#universe.contracts.get(id) ?? [])]
        .sort((one, other) => one.contract_id - other.contract_id)
        .slice(0, this.#pageSize * PAGES.maxPages);
      const shown = this.#shown.get(id) ?? new Map();
      shown.set(lastModifiedMs, new Map(rows.map((row) => [row.contract_id, { ...row }])));
      this.#shown.set(id, shown);
    }
  }

  /**
   * A single page that is full says so in its ETag. Real ones have 1000 rows, by which the program
   * knows that a page may have come behind them; the small ones here it cannot know.
   */
  override find(regionId: number): Listing | undefined {
    const before = this.isLate ? this.#before.get(regionId) : undefined;
    const listing = before ?? super.find(regionId);
    if (listing === undefined) return undefined;
    if (listing.pages.length > 1) return this.isShifted ? shifted(listing) : listing;
    const pages = listing.pages.map((one) => ({ ...one, etag: contentEtag(`${one.etag} alone`) }));
    return { ...listing, pages };
  }

  /** The rows of a snapshot; undefined when there was none. */
  shown(regionId: number, lastModified: Date): ReadonlyMap<number, EsiContract> | undefined {
    return this.#shown.get(regionId)?.get(lastModified.getTime());
  }

  /** Whether the region listed a contract in a snapshot or in one after it. */
  wasShownSince(regionId: number, lastModified: Date, contractId: number): boolean {
    const snapshots = [...(this.#shown.get(regionId) ?? [])];
    return snapshots.some(
      ([shownMs, rows]) => shownMs >= lastModified.getTime() && rows.has(contractId),
    );
  }

  /** What the region lists now. */
  current(regionId: number): ReadonlyMap<number, EsiContract> {
    return this.#rowsOf(regionId, super.find(regionId));
  }

  /** What an answer shows of the region: not what it lists now, where a cache has fallen behind. */
  served(regionId: number): ReadonlyMap<number, EsiContract> {
    return this.#rowsOf(regionId, this.find(regionId));
  }

  #rowsOf(regionId: number, listing: Listing | undefined): ReadonlyMap<number, EsiContract> {
    return (listing && this.shown(regionId, listing.lastModified)) ?? new Map();
  }
}

/** The pages as they are when a contract was taken while they were cut: one row is on two of them. */
function shifted(listing: Listing): Listing {
  const rows = listing.pages.map(({ body }) => JSON.parse(body.toString()) as unknown[]);
  const pages = rows.map((page, index) => {
    const last = rows[index - 1]?.at(-1);
    const body = Buffer.from(JSON.stringify(last === undefined ? page : [last, ...page.slice(1)]));
    return { body, etag: contentEtag(body) };
  });
  return { ...listing, pages };
}
