import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Answer, HeaderMap } from '../../fixtures/local-esi/answers.ts';
import type { FaultAnswer } from '../../fixtures/local-esi/faults.ts';

/** What an answer with the fault is worth: as much as one without, or nothing. */
type Worth = 'harmless' | 'refused';

/** One way in which an answer of ESI can be wrong. */
export interface EsiFault {
  readonly name: string;
  readonly answer: FaultAnswer;
  readonly worth: Readonly<{
    listing: Worth;
    items: Worth;
    /** The routes below /universe. */
    static: Worth;
  }>;
  /** The client keeps a pause after it. */
  readonly pauses?: true;
  /** Only the deadline of the attempt ends it. */
  readonly hangs?: true;
}

const REFUSED = { listing: 'refused', items: 'refused', static: 'refused' } as const;
const HARMLESS = { listing: 'harmless', items: 'harmless', static: 'harmless' } as const;
const LISTING_ALONE = { ...HARMLESS, listing: 'refused' } as const;

const BOMB = gzipSync(Buffer.alloc(32 * 1024 * 1024, ' '));
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

function refused(name: string, answer: FaultAnswer): EsiFault {
  return { name, answer, worth: REFUSED };
}

function status(code: number, headers: HeaderMap = {}, body?: unknown): FaultAnswer {
  return { kind: 'status', status: code, headers, body };
}

function rewritten(rewrite: (answer: Answer) => Partial<Answer>): FaultAnswer {
  return { kind: 'rewrite', rewrite: (answer) => ({ ...answer, ...rewrite(answer) }) };
}

/** A 200 whose body is another; a 304 stays what it is. */
function body(text: string): FaultAnswer {
  return rewritten((answer) => (answer.status === 200 ? { body: text } : {}));
}

/** @param change values of headers by name; undefined takes a header away */
function headers(
  change: (sent: HeaderMap) => Record<string, string | string[] | undefined>,
): FaultAnswer {
  return rewritten((answer) => {
    const changed = { ...answer.headers, ...change(answer.headers) };
    const left = Object.entries(changed).filter(([, value]) => value !== undefined);
    return { headers: Object.fromEntries(left) as HeaderMap };
  });
}

function encoded(encoding: string, encode: (plain: Buffer) => Buffer): FaultAnswer {
  return rewritten((answer) => ({
    headers: { ...answer.headers, 'Content-Encoding': encoding },
    body: answer.status === 200 ? encode(Buffer.from(answer.body)) : answer.body,
  }));
}

/** Another time than the one a header says, by so much. */
function shifted(name: string, byMs: number): FaultAnswer {
  return headers((sent) => ({
    [name]: new Date(Date.parse(String(sent[name] ?? sent['Date'])) + byMs).toUTCString(),
  }));
}

const STATUSES: readonly EsiFault[] = [
  ...[400, 401, 500, 502, 503, 504].map((code) => refused(`status ${code}`, status(code))),
  refused('503 with a Retry-After that is no time', status(503, { 'Retry-After': 'soon' })),
  refused('403 of a gateway', status(403, {}, '<html>blocked</html>')),
  refused('404 of a gateway', status(404, {}, 'default backend - 404')),
  refused('a redirect for good', status(301, { Location: '/elsewhere' }, '')),
  refused('a redirect for now', status(302, { Location: '/elsewhere' }, '')),
  refused('a 304 that nobody asked for', status(304)),
];

const PAUSES: readonly EsiFault[] = [
  { ...refused('status 420', status(420, { 'X-Esi-Error-Limit-Reset': '0' })), pauses: true },
  { ...refused('status 429', status(429, { 'Retry-After': '1' })), pauses: true },
  {
    ...refused(
      'ConStopSpamming',
      status(520, {}, { error: 'ConStopSpamming, details: {"remainingTime": 300000}' }),
    ),
    pauses: true,
  },
  ...['0', '-7'].map((left) => ({
    name: `${left} errors left, with status 200`,
    answer: headers(() => ({
      'X-Esi-Error-Limit-Remain': left,
      'X-Esi-Error-Limit-Reset': '0',
    })),
    worth: HARMLESS,
    pauses: true as const,
  })),
];

const BODIES: readonly EsiFault[] = [
  refused('a connection that breaks', { kind: 'reset' }),
  refused('a body that breaks off', { kind: 'truncate' }),
  refused('a body without an end', { kind: 'endless' }),
  refused('a page of HTML with status 200', body('<!doctype html><p>Down for maintenance</p>')),
  refused('an empty body with status 200', body('')),
  refused(
    'half of the JSON',
    rewritten(({ body: all }) => ({ body: all.slice(0, all.length / 2) })),
  ),
  refused('null', body('null')),
  refused('a text', body('"sorry"')),
  refused('an error with status 200', body('{"error":"The datasource is unavailable"}')),
  refused('texts in place of rows', body('["a","b"]')),
  refused('rows within a row', body('[[{"contract_id":1}]]')),
  refused(
    'bad gzip',
    encoded('gzip', () => Buffer.from('no gzip at all')),
  ),
  refused(
    'gzip that ends early',
    encoded('gzip', (plain) => gzipSync(plain).subarray(0, -9)),
  ),
  refused(
    'gzip that unpacks to far too much',
    encoded('gzip', () => BOMB),
  ),
  refused(
    'brotli that is called gzip',
    encoded('gzip', (plain) => brotliCompressSync(plain)),
  ),
  refused(
    'gzip that is called nothing',
    rewritten(({ body: all }) => ({ body: gzipSync(all) })),
  ),
  {
    name: 'plain text that is called zstd',
    answer: encoded('zstd', (all) => all),
    worth: HARMLESS,
  },
  { name: 'JSON that is called HTML', answer: typed('text/html'), worth: HARMLESS },
  { name: 'JSON that is called text', answer: typed('text/plain'), worth: HARMLESS },
];

function typed(type: string): FaultAnswer {
  return headers(() => ({ 'Content-Type': type }));
}

const X_PAGES = [undefined, '0', '-1', '1000000000', 'abc', ['1', '2']];
const TIMES = [undefined, '', 'soon', '0', '-1', '2026-09-08T12:00:00Z'];

const HEADERS: readonly EsiFault[] = [
  ...X_PAGES.map((value) => ({
    name: `X-Pages ${value}`,
    answer: headers(() => ({ 'X-Pages': value })),
    worth: LISTING_ALONE,
  })),
  ...TIMES.flatMap((value) => [
    { name: `Expires "${value}"`, answer: headers(() => ({ Expires: value })), worth: HARMLESS },
    { name: `Date "${value}"`, answer: headers(() => ({ Date: value })), worth: HARMLESS },
    {
      name: `Last-Modified "${value}"`,
      answer: headers(() => ({ 'Last-Modified': value })),
      worth: LISTING_ALONE,
    },
  ]),
  { name: 'Expires a day ago', answer: shifted('Expires', -DAY_MS), worth: HARMLESS },
  {
    name: 'Expires a century ahead',
    answer: shifted('Expires', 36_525 * DAY_MS),
    worth: HARMLESS,
  },
  { name: 'Date an hour ahead', answer: shifted('Date', HOUR_MS), worth: HARMLESS },
  { name: 'Date an hour behind', answer: shifted('Date', -HOUR_MS), worth: HARMLESS },
  {
    name: 'Last-Modified a day ahead',
    answer: shifted('Last-Modified', DAY_MS),
    worth: LISTING_ALONE,
  },
  { name: 'no ETag', answer: headers(() => ({ ETag: undefined })), worth: HARMLESS },
  { name: 'one ETag for all', answer: headers(() => ({ ETag: '"same"' })), worth: HARMLESS },
  {
    name: 'no word of the error limit',
    answer: headers(() => ({
      'X-Esi-Error-Limit-Remain': undefined,
      'X-Esi-Error-Limit-Reset': undefined,
    })),
    worth: HARMLESS,
  },
  {
    name: 'an error limit that is none',
    answer: headers(() => ({
      'X-Esi-Error-Limit-Remain': 'many',
      'X-Esi-Error-Limit-Reset': '1000000000',
    })),
    worth: HARMLESS,
  },
];

/** An answer that never comes, and one that comes too slowly. */
export const HANGING_FAULTS: readonly EsiFault[] = [
  { ...refused('no answer', { kind: 'hang' }), hangs: true },
  { ...refused('a body that trickles', { kind: 'endless', everyMs: 200 }), hangs: true },
];

/** Every fault of an answer that shows at once. */
export const ESI_FAULTS: readonly EsiFault[] = [...STATUSES, ...PAUSES, ...BODIES, ...HEADERS];

const ONE_OF_EACH = new Set([
  'status 401',
  'status 500',
  '404 of a gateway',
  'a redirect for now',
  'a connection that breaks',
  'a page of HTML with status 200',
  'half of the JSON',
  'texts in place of rows',
  'bad gzip',
  'X-Pages undefined',
  'X-Pages 1000000000',
  'Last-Modified "undefined"',
  'Last-Modified a day ahead',
  'Date an hour ahead',
  'no ETag',
]);

/** For the routes that need not see them all. */
export const A_FAULT_OF_EACH_KIND = ESI_FAULTS.filter(({ name }) => ONE_OF_EACH.has(name));
