import { wholeNumber } from '../../whole-number.ts';

/** ESI cuts listings off at 35 pages (seen 2026); the bound leaves room and stops absurd headers. */
const MAX_PAGES = 1000;

/** Rows of a full page of contracts, items or bids (`maxItems` of ESI's specification). */
export const PAGE_ROWS = 1000;

/** Reads `X-Pages`; undefined when it is missing or absurd. */
export function readPageCount(
  headers: Readonly<Record<string, string | undefined>>,
): number | undefined {
  return wholeNumber(headers['x-pages'], 1, MAX_PAGES);
}
