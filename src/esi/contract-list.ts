import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { Probe } from '../outcome.ts';
import type { Http, HttpResponse } from './http/http.ts';
import { parseHttpDate } from './http/http-date.ts';
import { PAGE_ROWS, readPageCount } from './http/page-count.ts';
import { storableText } from './schema.ts';

/** Such answers are cached for an hour at most (`x-cache-age`); some 403 came without Expires. */
const ANSWER_LIFE_MS = 3_600_000;
/** 204, 403, 404: the contract was taken, expired or is not public any more. */
export const GONE_STATUSES: readonly number[] = [204, 403, 404];
const NO_SUCH_PAGE: readonly number[] = [404];
const NOT_MODIFIED = 304;
/** ESI's texts have hardly 100 characters; what is longer is none of them. */
const MAX_ERROR_LENGTH = 300;

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
  /** For so long ESI's caches keep it (its specification). */
  readonly lifeSeconds: number;
}

/** What ESI says of such a list. */
export type ListAnswer<Row> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** Normal life: the contract was taken a moment ago. Do not ask again before `expiresAt`. */
  | { readonly kind: 'gone'; readonly expiresAt: Date; readonly probe: Probe }
  /** A 200 without rows. */
  | { readonly kind: 'empty' }
  /** Rows that cannot be read: what is left would be a false list. */
  | { readonly kind: 'broken'; readonly message: string };

/** The list is as it was when it had the ETag. */
interface Unchanged {
  readonly kind: 'unchanged';
}

/** An answer, and how far it can be relied on. */
export interface DatedAnswer<Row> {
  readonly answer: ListAnswer<Row> | Unchanged;
  /** For the next question; null where there are more pages than one. */
  readonly etag: string | null;
  /** The list is that of this time or a later one, by ESI's clock. */
  readonly seenAt: Date;
  /** Not to be asked again before. */
  readonly expiresAt: Date;
}

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
  return readPages(await ask(1, true), ask, clock, list, contractId);
}

/** As `readContractList`, with nothing sent again that did not change. @param etag of the answer before */
export async function readListIfNew<Row>(
  http: Http,
  clock: Pick<Clock, 'now'>,
  list: ContractList<Row>,
  contractId: number,
  etag: string | null,
): Promise<DatedAnswer<Row>> {
  const ask: AskPage = (page, isTold) => askPage(http, list, contractId, page, isTold, etag);
  const first = await ask(1, true);
  const dates = { seenAt: seenAtOf(first, list, clock), expiresAt: expiryOf(first, clock) };
  if (first.status === NOT_MODIFIED) return { answer: { kind: 'unchanged' }, etag, ...dates };
  const answer = await readPages(first, ask, clock, list, contractId);
  const isWhole = answer.kind === 'empty' || (answer.kind === 'rows' && isOnlyPage(first));
  return { answer, etag: isWhole ? (first.headers['etag'] ?? null) : null, ...dates };
}

async function readPages<Row>(
  first: HttpResponse,
  ask: AskPage,
  clock: Pick<Clock, 'now'>,
  list: ContractList<Row>,
  contractId: number,
): Promise<ListAnswer<Row>> {
  if (first.status !== 200) return { kind: 'gone', ...probeOf(first, clock) };
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

function isOnlyPage(first: HttpResponse): boolean {
  return (readPageCount(first.headers) ?? 1) === 1 && rowsOf(first).length < PAGE_ROWS;
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
  etag: string | null = null,
): Promise<HttpResponse> {
  // Only page 1 can tell that the contract is gone; a page that nobody told of may be none.
  const acceptedLater = isTold ? [] : NO_SUCH_PAGE;
  const request = { path: `/${route}/${contractId}?page=${page}`, route, shape: 'array' } as const;
  if (page > 1) return http.send({ ...request, accept: acceptedLater });
  if (etag === null) return http.send({ ...request, accept: GONE_STATUSES });
  const headers = { 'if-none-match': etag };
  return http.send({ ...request, headers, accept: [...GONE_STATUSES, NOT_MODIFIED] });
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

/** What an answer in place of a list says of the contract, and until when it holds. */
export function probeOf(response: HttpResponse, clock: Pick<Clock, 'now'>) {
  const { status, headers, data } = response;
  const at = new Date(parseHttpDate(headers['date']) ?? clock.now()).toISOString();
  const { error } = (data ?? {}) as { readonly error?: unknown };
  const text = typeof error === 'string' ? storableText(error.slice(0, MAX_ERROR_LENGTH)) : null;
  return { expiresAt: expiryOf(response, clock), probe: { status, error: text, at } };
}

/** A cache keeps a list for its life at most, whatever Last-Modified says. */
function seenAtOf<Row>(
  { headers }: HttpResponse,
  { lifeSeconds }: ContractList<Row>,
  clock: Pick<Clock, 'now'>,
): Date {
  const nowMs = parseHttpDate(headers['date']) ?? clock.now().getTime();
  const madeMs = parseHttpDate(headers['last-modified']) ?? 0;
  return new Date(Math.max(Math.min(madeMs, nowMs), nowMs - lifeSeconds * 1000));
}

function expiryOf({ headers }: HttpResponse, clock: Pick<Clock, 'now'>): Date {
  const expiresMs = parseHttpDate(headers['expires']);
  const nowMs = clock.now().getTime();
  if (expiresMs === undefined) return new Date(nowMs + ANSWER_LIFE_MS);
  const lifeMs = expiresMs - (parseHttpDate(headers['date']) ?? nowMs);
  return new Date(nowMs + Math.min(Math.max(0, lifeMs), ANSWER_LIFE_MS));
}
