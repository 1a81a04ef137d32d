import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { ContractItem } from '../model.ts';
import type { Http, HttpResponse } from './http.ts';
import { parseHttpDate } from './http-date.ts';
import { readPageCount } from './page-count.ts';
import { contractItem } from './schema.ts';

/** Rows of a full page (`maxItems` of ESI's specification). */
const PAGE_ROWS = 1000;
/** Items answers are cached for 3600 s (`x-cache-age`); some 403 came without Expires. */
const ANSWER_LIFE_MS = 3_600_000;
/** 204, 403, 404: the contract was taken, expired or is not public any more. */
const GONE_STATUSES: readonly number[] = [204, 403, 404];

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
 * Reads all pages of a contract's items, each record once (ESI has sent one twice, #1036).
 *
 * @throws EsiError when ESI gives no usable answer
 */
export async function readContractItems(
  http: Http,
  clock: Clock,
  contractId: number,
): Promise<ItemsAnswer> {
  const rows: unknown[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const response = await http.send({
      path: `/contracts/public/items/${contractId}?page=${page}`,
      route: 'contracts/public/items',
      shape: 'array',
      accept: GONE_STATUSES,
    });
    if (response.status !== 200) return { kind: 'gone', expiresAt: expiryOf(response, clock) };
    const pageRows = response.data as unknown[];
    // A later page that tells of fewer pages must not cut the list off.
    pages = Math.max(pages, pageCountOf(response, pageRows.length, contractId));
    rows.push(...pageRows);
  }
  return interpret(rows);
}

function pageCountOf({ headers }: HttpResponse, rows: number, contractId: number): number {
  const pages = readPageCount(headers);
  if (pages !== undefined) return pages;
  if (rows < PAGE_ROWS) return 1;
  throw new EsiError(`items of contract ${contractId}: a full page without X-Pages`);
}

function interpret(rows: readonly unknown[]): ItemsAnswer {
  const items = new Map<number, ContractItem>();
  for (const row of rows) {
    const result = contractItem.safeParse(row);
    if (!result.success) return { kind: 'broken', message: describe(result.error.issues) };
    if (!items.has(result.data.recordId)) items.set(result.data.recordId, result.data);
  }
  return items.size === 0 ? { kind: 'empty' } : { kind: 'items', items: [...items.values()] };
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
