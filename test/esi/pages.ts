import type { PageAnswer } from '../../src/esi/snapshot.ts';
import { NOW } from './esi-harness.ts';

export const NOW_MS = NOW.getTime();
/** Last-Modified of pages that do not say otherwise. */
export const LAST_MODIFIED_MS = NOW_MS - 600_000;

export interface PageFacts {
  readonly source?: PageAnswer['source'];
  readonly pages?: number | null;
  readonly rows?: number;
  readonly lastModifiedMs?: number | null;
  readonly storedLastModifiedMs?: number | null;
  readonly expiresInMs?: number;
}

/** A page of a listing as the answer to a request, without its body. */
export function page(facts: PageFacts = {}): PageAnswer {
  const { source = 'modified', pages = 1, rows = 1000, expiresInMs = 1_200_000 } = facts;
  const { lastModifiedMs = LAST_MODIFIED_MS } = facts;
  const { storedLastModifiedMs = source === 'modified' ? null : LAST_MODIFIED_MS } = facts;
  const expiresAtMs = NOW_MS + expiresInMs;
  return {
    source,
    head: { etag: '"tag"', lastModifiedMs, expiresAtMs, pages, rows },
    lastModifiedMs,
    storedLastModifiedMs,
    servedAtMs: NOW_MS,
  };
}

/** Pages that differ only in what is said. */
export function pagesOf(count: number, facts: PageFacts = {}): PageAnswer[] {
  return Array.from({ length: count }, () => page({ pages: count, ...facts }));
}
