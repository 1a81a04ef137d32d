import { createHash } from 'node:crypto';
import type { EsiContract, EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';

const PAGE_ROWS = 1000;
const PAGE_LIMIT = 35;
const ITEMS_LIFE_MS = 3_600_000;
const STATIC_LIFE_MS = 24 * 3_600_000;
/** How long before the start the listings were taken. */
const FIRST_LISTING_AGE_MS = 60_000;

export interface Prepared {
  readonly full: Buffer;
  readonly etag: string;
}

interface Life {
  readonly lastModified: Date;
  readonly lifeMs: number;
}

/** Answers made beforehand: the program is measured, not the server. */
export class PreparedAnswers {
  readonly #answers = new Map<string, Prepared>();
  readonly #names = new Map<number, string>();
  readonly #startedAt = new Date();
  #listingLifeMs = 0;

  constructor(universe: Universe) {
    const listedAt = new Date(this.#startedAt.getTime() - FIRST_LISTING_AGE_MS);
    for (const [id, rows] of universe.contracts) this.#listing(id, rows, listedAt);
    for (const [id, rows] of universe.items) this.#items(id, rows);
    // Only the answers are needed from here on, and items are most of the memory.
    universe.items.clear();
    for (const { regionId, name } of universe.regions.values()) this.#names.set(regionId, name);
    this.#prepareStatic(universe);
  }

  find(path: string): Prepared | undefined {
    return this.#answers.get(path);
  }

  /** The answer of POST /universe/names. */
  names(ids: readonly number[]): Buffer {
    const named = ids.flatMap((id) => {
      const name = this.#names.get(id);
      return name === undefined ? [] : [{ id, name }];
    });
    return respond(200, {}, JSON.stringify(named));
  }

  /** Takes over what churn changed; regions that look as before keep their Last-Modified. */
  update(universe: Universe, added: readonly number[], removed: readonly number[]): void {
    for (const id of removed) this.#answers.delete(`/contracts/public/items/${id}?page=1`);
    for (const id of added) this.#items(id, universe.items.get(id) ?? []);
    universe.items.clear();
    const now = new Date();
    for (const [id, rows] of universe.contracts) this.#listing(id, rows, now);
  }

  /** Listings expire so long after this moment; they are the same otherwise. */
  setListingLife(universe: Universe, lifeMs: number): void {
    this.#listingLifeMs = lifeMs;
    for (const [id, rows] of universe.contracts) this.#listing(id, rows, undefined);
  }

  #prepareStatic({ types, groups, categories, regions }: Universe): void {
    const life = { lastModified: this.#startedAt, lifeMs: STATIC_LIFE_MS };
    const add = (path: string, body: unknown) => this.#answers.set(path, prepare(body, life));
    for (const [id, type] of types) {
      add(`/universe/types/${id}`, type);
      this.#names.set(id, type.name);
    }
    for (const [id, group] of groups) add(`/universe/groups/${id}`, group);
    for (const [id, category] of categories) add(`/universe/categories/${id}`, category);
    add('/universe/categories', [...categories.keys()]);
    add('/universe/regions', [...regions.keys()]);
  }

  #items(contractId: number, rows: readonly EsiItem[]): void {
    const life = { lastModified: this.#startedAt, lifeMs: ITEMS_LIFE_MS };
    const pages = pagesOf(rows);
    for (const [index, body] of pages.entries()) {
      const path = `/contracts/public/items/${contractId}?page=${index + 1}`;
      this.#answers.set(path, prepare(body, life, pages.length));
    }
  }

  /** @param lastModified where the rows differ from those of before; undefined = they do not */
  #listing(regionId: number, rows: readonly EsiContract[], lastModified: Date | undefined): void {
    const pages = pagesOf(rows);
    const path = (index: number) => `/contracts/public/${regionId}?page=${index + 1}`;
    const etags = pages.map((body) => etagOf(JSON.stringify(body)));
    const before = etags.map((_, index) => this.#answers.get(path(index)));
    const isSame = before.every((answer, index) => answer?.etag === etags[index]);
    const known = before[0] === undefined ? undefined : lastModifiedOf(before[0]);
    const life = {
      lastModified: (isSame ? known : lastModified) ?? this.#startedAt,
      lifeMs: this.#listingLifeMs,
    };
    for (const [index, body] of pages.entries()) {
      this.#answers.set(path(index), prepare(body, life, pages.length));
    }
  }
}

function pagesOf<T>(rows: readonly T[]): T[][] {
  const count = Math.min(PAGE_LIMIT, Math.max(1, Math.ceil(rows.length / PAGE_ROWS)));
  return Array.from({ length: count }, (_, index) =>
    rows.slice(index * PAGE_ROWS, (index + 1) * PAGE_ROWS),
  );
}

function prepare(body: unknown, life: Life, pages?: number): Prepared {
  const text = JSON.stringify(body);
  const etag = etagOf(text);
  const headers = {
    ETag: etag,
    'Last-Modified': life.lastModified.toUTCString(),
    Expires: new Date(Date.now() + life.lifeMs).toUTCString(),
    'X-Esi-Error-Limit-Remain': '100',
    'X-Esi-Error-Limit-Reset': '60',
    ...(pages === undefined ? {} : { 'X-Pages': String(pages) }),
  };
  return { etag, full: respond(200, headers, text) };
}

function etagOf(text: string): string {
  return `"${createHash('sha1').update(text).digest('hex')}"`;
}

function lastModifiedOf({ full }: Prepared): Date | undefined {
  const found = /Last-Modified: (.*)\r\n/.exec(full.subarray(0, 500).toString('latin1'));
  return found?.[1] === undefined ? undefined : new Date(found[1]);
}

/** One HTTP answer as it goes over the wire. */
export function respond(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(
    `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\n${length}${lines.join('')}\r\n${body}`,
  );
}

/** The 304 of an answer, made when it is asked for: few are, and each kept would take memory. */
export function notModifiedOf({ full }: Prepared): Buffer {
  const [, ...headers] = full.toString('latin1', 0, full.indexOf('\r\n\r\n')).split('\r\n');
  const kept = headers.filter((line) => !line.startsWith('Content-'));
  return Buffer.from(['HTTP/1.1 304 X', ...kept, '', ''].join('\r\n'));
}
