import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { Http, HttpResponse } from './http/http.ts';
import { parseHttpDate } from './http/http-date.ts';
import { PAGE_ROWS, readPageCount } from './http/page-count.ts';

/** Such answers are cached for an hour at most (`x-cache-age`); some 403 came without Expires. */
const ANSWER_LIFE_MS = 3_600_000;
/** 204, 403, 404: the contract was taken, expired or is not public any more. */
const GONE_STATUSES: readonly number[] = [204, 403, 404];
const NO_SUCH_PAGE: readonly number[] = [404];

/** A list that ESI keeps of one contract, in pages. */
export interface ContractList<Row> {
  /** Family of the path: `contracts/public/items`. The contract's id follows it. */
  readonly route: string;
  /** What a row is called in messages: `item`. */
  readonly rowName: string;
  /** One row as ESI sends it → one of ours. */
  readonly row: z.ZodType<Row>;
  /** What no two rows have in common. */
  readonly idOf: (row: Row) => number;
}

/** What ESI says of such a list. */
export type ListAnswer<Row> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** Normal life: the contract was taken a moment ago. Do not ask again before `expiresAt`. */
  | { readonly kind: 'gone'; readonly expiresAt: Date }
  /** A 200 without rows. */
  | { readonly kind: 'empty' }
  /** Rows that cannot be read: what is left would be a false list. */
  | { readonly kind: 'broken'; readonly message: string };

/**
 * Reads all pages of a contract's list, each row once, as first sent (ESI has sent one twice,
 * #1036). After a full page the next is asked for, whatever X-Pages says.
 *
 * @throws EsiError when ESI gives no usable answer, or a later page brings nothing new: the rows
 *   that belong there are missing
 */
export async function readContractList<Row>(
  http: Http,
  clock: Pick<Clock, 'now'>,
  list: ContractList<Row>,
  contractId: number,
): Promise<ListAnswer<Row>> {
  const ask: AskPage = (page, isTold) => askPage(http, list, contractId, page, isTold);
  const first = await ask(1, true);
  if (first.status !== 200) return { kind: 'gone', expiresAt: expiryOf(first, clock) };
  if (rowsOf(first).length === 0) return { kind: 'empty' };
  const rows = new Map<number, Row>();
  let page = 0;
  for await (const received of pagesFrom(first, ask)) {
    page += 1;
    const fault = addPage(received, list, rows, { contractId, page });
    if (fault !== undefined) return { kind: 'broken', message: fault };
  }
  return { kind: 'rows', rows: [...rows.values()] };
}

type AskPage = (page: number, isTold: boolean) => Promise<HttpResponse>;

async function* pagesFrom(first: HttpResponse, ask: AskPage): AsyncGenerator<readonly unknown[]> {
  let response = first;
  let pages = 1;
  for (let page = 1; response.status === 200; page += 1) {
    const rows = rowsOf(response);
    yield rows;
    // A later page that tells of fewer pages must not cut the list off.
    pages = Math.max(pages, readPageCount(response.headers) ?? 1);
    if (page >= pages && rows.length < PAGE_ROWS) return;
    response = await ask(page + 1, page + 1 <= pages);
  }
}

function rowsOf({ data }: HttpResponse): readonly unknown[] {
  return data as unknown[];
}

function askPage<Row>(
  http: Http,
  { route }: ContractList<Row>,
  contractId: number,
  page: number,
  isTold: boolean,
): Promise<HttpResponse> {
  // Only page 1 can tell that the contract is gone; a page that nobody told of may be none.
  const acceptedLater = isTold ? [] : NO_SUCH_PAGE;
  return http.send({
    path: `/${route}/${contractId}?page=${page}`,
    route,
    shape: 'array',
    accept: page === 1 ? GONE_STATUSES : acceptedLater,
  });
}

/**
 * @returns what cannot be read, if anything
 * @throws EsiError for a later page that is empty, or another one once more
 */
function addPage<Row>(
  received: readonly unknown[],
  { row, rowName, idOf }: ContractList<Row>,
  rows: Map<number, Row>,
  { contractId, page }: { readonly contractId: number; readonly page: number },
): string | undefined {
  const known = rows.size;
  for (const candidate of received) {
    const { success, data, error } = row.safeParse(candidate);
    if (!success) return describe(rowName, error.issues);
    const id = idOf(data);
    if (!rows.has(id)) rows.set(id, data);
  }
  if (page === 1 || rows.size > known) return undefined;
  throw new EsiError(`${rowName}s of contract ${contractId}: page ${page} brings no new record`);
}

function describe(
  rowName: string,
  issues: readonly { path: PropertyKey[]; message: string }[],
): string {
  const faults = issues.map(({ path, message }) => `${path.join('.') || 'row'}: ${message}`);
  return `a row (${rowName}) cannot be read: ${faults.join('; ')}`;
}

function expiryOf({ headers }: HttpResponse, clock: Pick<Clock, 'now'>): Date {
  const expiresMs = parseHttpDate(headers['expires']);
  const nowMs = clock.now().getTime();
  if (expiresMs === undefined) return new Date(nowMs + ANSWER_LIFE_MS);
  const lifeMs = expiresMs - (parseHttpDate(headers['date']) ?? nowMs);
  return new Date(nowMs + Math.min(Math.max(0, lifeMs), ANSWER_LIFE_MS));
}
