import { parseHttpDate } from './http-date.ts';
import { readPageCount } from './page-count.ts';

/** JSON array, JSON object, or a listing page: an array with the headers that paging needs. */
export type Shape = 'array' | 'object' | 'page';

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

/** What is wrong with an answer with status 200; undefined when it is of the shape. */
export function findFault(json: unknown, shape: Shape, headers: Headers): string | undefined {
  if (shape === 'object') return isPlainObject(json) ? undefined : 'the body is no JSON object';
  if (!Array.isArray(json)) return 'the body is no JSON array';
  if (shape === 'array') return undefined;
  if (readPageCount(headers) === undefined) return 'X-Pages is missing or absurd';
  return parseHttpDate(headers['last-modified']) === undefined
    ? 'Last-Modified is missing or unreadable'
    : undefined;
}

function isPlainObject(data: unknown): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}
