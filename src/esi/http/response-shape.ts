import { readContractId } from '../schema.ts';
import { parseHttpDate } from './http-date.ts';
import { readPageCount } from './page-count.ts';

/** JSON array, JSON object, or a listing page: an array with the headers that paging needs. */
type Shape = 'array' | 'object' | 'page';

/** What the body of an answer with status 200 has to be. */
export interface Expected {
  readonly shape: Shape;
  /** Says what else is wrong with a body of the shape. */
  readonly check?: ((json: unknown) => string | undefined) | undefined;
}

/** Names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Undefined when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with an answer whose status is accepted; undefined when nothing is. */
export function findFault(
  status: number,
  json: unknown,
  headers: Headers,
  { shape = 'object', check }: Partial<Expected>,
): string | undefined {
  if (status === 200) return findShapeFault(json, shape, headers) ?? check?.(json);
  // A gateway that has lost its way answers 404 too, but it does not speak for ESI.
  return status >= 400 && !isEsiError(json) ? 'the body is no error of ESI' : undefined;
}

function findShapeFault(json: unknown, shape: Shape, headers: Headers): string | undefined {
  if (shape === 'object') return isPlainObject(json) ? undefined : 'the body is no JSON object';
  if (!Array.isArray(json)) return 'the body is no JSON array';
  return shape === 'page' ? findPageFault(json, headers) : undefined;
}

function findPageFault(rows: readonly unknown[], headers: Headers): string | undefined {
  if (readPageCount(headers) === undefined) return 'X-Pages is missing or absurd';
  if (rows.length > 0 && rows.every((row) => readContractId(row) === undefined)) {
    return 'no row has a readable contract_id';
  }
  return parseHttpDate(headers['last-modified']) === undefined
    ? 'Last-Modified is missing or unreadable'
    : undefined;
}

/** What ESI itself sends with an error: `{"error": "..."}`, sometimes with more. */
function isEsiError(json: unknown): boolean {
  return isPlainObject(json) && typeof (json as { error?: unknown }).error === 'string';
}

function isPlainObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
