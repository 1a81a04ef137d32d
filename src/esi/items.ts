import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { ContractItem } from '../model.ts';
import type { Http, HttpResponse } from './http/http.ts';
import { parseHttpDate } from './http/http-date.ts';
import { PAGE_ROWS, readPageCount } from './http/page-count.ts';
import { contractItem } from './schema.ts';

/** Items answers are cached for 3600 s (`x-cache-age`); some 403 came without Expires. */
const ANSWER_LIFE_MS = 3_600_000;
/** 204, 403, 404: the contract was taken, expired or is not public any more. */
const GONE_STATUSES: readonly number[] = [204, 403, 404];
const NO_SUCH_PAGE: readonly number[] = [404];

/** What ESI says of a contract's items. */
export type ItemsAnswer =
  | { readonly kind: 'items'; readonly items: readonly ContractItem[] }
  /** Normal life: the contract was taken a moment ago. Do not ask again before `expiresAt`. */
  | { readonly kind: 'gone'; readonly expiresAt: Date }
  /** A 200 without rows is no answer. */
  | { readonly kind: 'empty' }
  /** Rows that cannot be read: what is left would be a false list. */
  | { readonly kind: 'broken'; readonly message: string };

/**
 * Reads all pages of a contract's items, each record once (ESI has sent one twice, #1036). Items
 * are asked for once, ever: after a full page the next is asked for, whatever X-Pages says.
 *
 * @throws EsiError when ESI gives no usable answer
 */
export async function readContractItems(
  http: Http,
  clock: Clock,
  contractId: number,
): Promise<ItemsAnswer> {
  const items = new Map<number, ContractItem>();
  let isLast = false;
  for (let page = 1, pages = 1; !isLast; page += 1) {
    const response = await askPage(http, contractId, page, page <= pages);
    if (response.status !== 200) return page === 1 ? gone(response, clock) : whole(items);
    const rows = response.data as unknown[];
    const unusable = page === 1 ? addFirst(rows, items) : addLater(rows, items, contractId, page);
    if (unusable !== undefined) return unusable;
    // A later page that tells of fewer pages must not cut the list off.
    pages = Math.max(pages, readPageCount(response.headers) ?? 1);
    isLast = page >= pages && rows.length < PAGE_ROWS;
  }
  return whole(items);
}

function askPage(
  http: Http,
  contractId: number,
  page: number,
  isTold: boolean,
): Promise<HttpResponse> {
  // Only page 1 can tell that the contract is gone; a page that nobody told of may be none.
  const acceptedLater = isTold ? [] : NO_SUCH_PAGE;
  return http.send({
    path: `/contracts/public/items/${contractId}?page=${page}`,
    route: 'contracts/public/items',
    shape: 'array',
    accept: page === 1 ? GONE_STATUSES : acceptedLater,
  });
}

type Items = Map<number, ContractItem>;

/** @returns the answer, where these rows make the whole list unusable */
function addFirst(rows: readonly unknown[], items: Items): ItemsAnswer | undefined {
  return rows.length === 0 ? { kind: 'empty' } : addRows(rows, items);
}

/**
 * @returns the answer, where these rows make the whole list unusable
 * @throws EsiError for an empty page, or another page once more: the rows that belong there are
 *   missing
 */
function addLater(
  rows: readonly unknown[],
  items: Items,
  contractId: number,
  page: number,
): ItemsAnswer | undefined {
  const known = items.size;
  const broken = addRows(rows, items);
  if (broken !== undefined || items.size > known) return broken;
  throw new EsiError(`items of contract ${contractId}: page ${page} brings no new record`);
}

function addRows(rows: readonly unknown[], items: Items): ItemsAnswer | undefined {
  for (const row of rows) {
    const result = contractItem.safeParse(row);
    if (!result.success) return { kind: 'broken', message: describe(result.error.issues) };
    if (!items.has(result.data.recordId)) items.set(result.data.recordId, result.data);
  }
  return undefined;
}

function whole(items: ReadonlyMap<number, ContractItem>): ItemsAnswer {
  return { kind: 'items', items: [...items.values()] };
}

function gone(response: HttpResponse, clock: Clock): ItemsAnswer {
  return { kind: 'gone', expiresAt: expiryOf(response, clock) };
}

function describe(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const faults = issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`);
  return `an item row cannot be read: ${faults.join('; ')}`;
}

function expiryOf({ headers }: HttpResponse, clock: Clock): Date {
  const expiresMs = parseHttpDate(headers['expires']);
  const nowMs = clock.now().getTime();
  if (expiresMs === undefined) return new Date(nowMs + ANSWER_LIFE_MS);
  const lifeMs = expiresMs - (parseHttpDate(headers['date']) ?? nowMs);
  return new Date(nowMs + Math.min(Math.max(0, lifeMs), ANSWER_LIFE_MS));
}
