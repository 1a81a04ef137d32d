import type { ListingSnapshot, UnchangedListing } from '../../src/esi/listing.ts';
import type { ListedRows } from '../../src/esi/snapshot.ts';
import { httpDate } from './esi-harness.ts';
import type { Reply } from './mock-esi.ts';

export const REGION = 10_000_002;
/** Last-Modified of a listing, in seconds from the start of the clock. */
export const MODIFIED = -600;

interface ListingPage {
  readonly rows?: readonly unknown[];
  readonly pages?: number;
  /** Last-Modified, as seconds from the start of the clock. */
  readonly modified?: number;
  readonly etag?: string;
  /** Seconds from the start of the clock. */
  readonly date?: number;
  readonly expires?: number;
}

export function pathOf(page: number): string {
  return `/contracts/public/${REGION}?page=${page}`;
}

/** A page of a listing, as ESI sends it. */
export function listingPage(page: ListingPage): Reply {
  const { rows = [], pages = 1, modified = MODIFIED, etag = '"tag"' } = page;
  const { date = 0, expires = 1200 } = page;
  return {
    body: rows,
    headers: {
      'x-pages': `${pages}`,
      etag,
      date: httpDate(date),
      'last-modified': httpDate(modified),
      expires: httpDate(expires),
    },
  };
}

/** A 304, which carries no X-Pages. */
export function notModified({ modified = MODIFIED, date = 1200, expires = 3000 } = {}): Reply {
  const headers = {
    date: httpDate(date),
    'last-modified': httpDate(modified),
    expires: httpDate(expires),
  };
  return { status: 304, headers };
}

/** The rows of a listing, page by page. */
export async function rowsOf(listing: ListingSnapshot | UnchangedListing): Promise<ListedRows[]> {
  if (listing.kind !== 'snapshot') throw new Error('no snapshot');
  const pages: ListedRows[] = [];
  for await (const page of listing.rows()) pages.push(page);
  return pages;
}

/** The ids of the rows of a listing, in their order; broken rows are left out. */
export async function idsOf(listing: ListingSnapshot | UnchangedListing): Promise<number[]> {
  const pages = await rowsOf(listing);
  return pages.flatMap(({ contracts }) => contracts.map(({ contractId }) => contractId));
}
