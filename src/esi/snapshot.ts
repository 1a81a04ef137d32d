import { CLOCK_SLACK_MS } from '../clock.ts';
import { EsiError } from '../errors.ts';
import type { PublicContract } from '../model.ts';
import type { ConditionalAnswer } from './cache/conditional-get.ts';
import { PAGE_ROWS } from './http/page-count.ts';
import { publicContract, readContractId } from './schema.ts';

/** Listings are cached for 1800 s (`x-cache-age` of ESI's specification). */
export const LISTING_LIFE_SECONDS = 1800;
/** ESI cuts a listing off at 35 full pages (seen by several crawlers in 2026). */
export const PAGE_LIMIT = 35;
/** Pages of one snapshot have been seen one second apart (esi-issues #1149). */
const LAST_MODIFIED_SLACK_MS = 1000;
/** A listing that expires within this time is awaited rather than read in two halves. */
const EXPIRY_MARGIN_MS = 5000;
/** Waiting is no use where listings live shorter than this; ESI's live 30 minutes. */
const MIN_LIFE_TO_AWAIT_MS = 60_000;

/** What is known of an answer without its body. */
export type PageAnswer = Omit<ConditionalAnswer, 'body'>;

/** The pages are of different snapshots, or a page is gone: start over. */
export class TornListingError extends EsiError {}

/** The rows of a page, each contract once. */
export interface ListedRows {
  readonly contracts: readonly PublicContract[];
  /** Ids of listed contracts whose rows are broken. */
  readonly brokenIds: readonly number[];
}

/** The ids of a page, those of broken rows included. */
export interface PageIds {
  readonly contractIds: ReadonlySet<number>;
  /** Broken rows without a readable id. */
  readonly unreadableRows: number;
}

/** The ids of a listing. */
export interface ListedIds {
  readonly listedIds: ReadonlySet<number>;
  readonly unreadableRows: number;
  /** An id stands on two pages: the pages moved against each other. */
  readonly hasShifted: boolean;
}

/** When a snapshot was made and when it was served, in milliseconds since the epoch. */
export interface SnapshotTimes {
  readonly lastModifiedMs: number;
  readonly servedAtMs: number;
}

/** Milliseconds to wait so that the pages to come are not cut by the next snapshot. */
export function msUntilNextSnapshot(first: PageAnswer, nowMs: number): number {
  const { expiresAtMs, pages, lastModifiedMs } = first.head;
  const leftMs = expiresAtMs - nowMs;
  const lifeMs = first.servedAtMs + leftMs - (lastModifiedMs ?? first.servedAtMs);
  const isAwaited = pages !== 1 && first.source !== 'fresh' && lifeMs >= MIN_LIFE_TO_AWAIT_MS;
  return isAwaited && leftMs > 0 && leftMs <= EXPIRY_MARGIN_MS ? leftMs : 0;
}

/**
 * True when all pages may be unmodified although a page was added behind them: a 304 carries no
 * X-Pages, and only a full last page can have got a successor.
 */
export function mayHideAPage(pages: readonly PageAnswer[]): boolean {
  return pages.at(-1)?.source === 'unmodified' && pages.length !== PAGE_LIMIT && isOpenEnded(pages);
}

/** Whether a 200 of the last page says that the unmodified pages are all there are. */
export function isLastOf(pages: readonly PageAnswer[], asked: PageAnswer): boolean {
  const { lastModifiedMs } = pages.at(-1)?.head ?? {};
  return asked.head.pages === pages.length && asked.head.lastModifiedMs === lastModifiedMs;
}

/**
 * True when the last page is full: where X-Pages told of too few, what is missing follows it. To
 * ask for a page more would cost an error whenever there is none.
 */
export function isOpenEnded(pages: readonly PageAnswer[]): boolean {
  const fullPageRows = pages.length > 1 ? (pages[0]?.head.rows ?? PAGE_ROWS) : PAGE_ROWS;
  return (pages.at(-1)?.head.rows ?? 0) >= fullPageRows;
}

/** @throws TornListingError when the pages are not of one snapshot */
export function assertOneSnapshot(pages: readonly PageAnswer[]): void {
  const times = pages.flatMap((page) => page.lastModifiedMs ?? []);
  if (Math.max(...times) - Math.min(...times) > LAST_MODIFIED_SLACK_MS) {
    throw new TornListingError('the pages differ in Last-Modified');
  }
  const counts = pages.filter(({ source }) => source === 'modified').map(({ head }) => head.pages);
  if (counts.some((count) => count !== pages.length)) {
    throw new TornListingError('the pages differ in X-Pages');
  }
}

/** Whether nothing has changed since the snapshot that the caller has stored completely. */
export function isUnchanged(pages: readonly PageAnswer[], known: Date | undefined): boolean {
  if (known === undefined) return false;
  return pages.every(
    ({ source, storedLastModifiedMs }) =>
      source !== 'modified' &&
      storedLastModifiedMs !== null &&
      Math.abs(storedLastModifiedMs - known.getTime()) <= LAST_MODIFIED_SLACK_MS,
  );
}

/** @throws TornListingError when the snapshot is of a time that no clock has reached yet */
export function assertNotAhead({ lastModifiedMs, servedAtMs }: SnapshotTimes, nowMs: number): void {
  if (lastModifiedMs <= Math.max(servedAtMs, nowMs) + CLOCK_SLACK_MS) return;
  throw new TornListingError('Last-Modified lies in the future');
}

/**
 * A cache of ESI that has fallen behind serves an old snapshot. What that one lacks may be new.
 *
 * @param newest Last-Modified of the newest snapshot seen before
 * @throws TornListingError when the snapshot is older
 */
export function assertNotOlder({ lastModifiedMs }: SnapshotTimes, newest: Date | undefined): void {
  if (newest === undefined) return;
  if (lastModifiedMs >= newest.getTime() - LAST_MODIFIED_SLACK_MS) return;
  throw new TornListingError('the listing is older than the one before');
}

/**
 * ESI's clock when the listing was read, as far as it can be believed: no listing is served before
 * it was made, nor much longer than it lives.
 */
export function believedServedAt({ lastModifiedMs, servedAtMs }: SnapshotTimes): Date {
  const latestMs = lastModifiedMs + LISTING_LIFE_SECONDS * 1000;
  return new Date(Math.min(Math.max(servedAtMs, lastModifiedMs), latestMs));
}

/** The times of a snapshot, by ESI's clock. */
export function timesOf(pages: readonly PageAnswer[]): SnapshotTimes {
  const lastModifiedMs = Math.max(...pages.map(({ head }) => head.lastModifiedMs ?? 0));
  return { lastModifiedMs, servedAtMs: pages[0]?.servedAtMs ?? lastModifiedMs };
}

/** Whether ESI cut the listing off. */
export function isCapped(pages: readonly PageAnswer[]): boolean {
  const fullPageRows = pages[0]?.head.rows;
  return pages.length === PAGE_LIMIT && pages.every(({ head }) => head.rows === fullPageRows);
}

/** Finds the ids of a page. */
export function idsOfPage(rows: readonly unknown[]): PageIds {
  const contractIds = new Set<number>();
  let unreadableRows = 0;
  for (const row of rows) {
    const contractId = readContractId(row);
    if (contractId === undefined) unreadableRows += 1;
    else contractIds.add(contractId);
  }
  return { contractIds, unreadableRows };
}

/** Brings the ids of all pages together. */
export function listedIdsOf(pages: readonly PageIds[]): ListedIds {
  const listedIds = new Set<number>();
  let unreadableRows = 0;
  let idsOfPages = 0;
  for (const page of pages) {
    for (const contractId of page.contractIds) listedIds.add(contractId);
    unreadableRows += page.unreadableRows;
    idsOfPages += page.contractIds.size;
  }
  return { listedIds, unreadableRows, hasShifted: idsOfPages > listedIds.size };
}

/**
 * Checks the rows of a page; a broken row is set apart, never an error. What stands twice on a
 * page counts once, the last of them.
 */
export function readRows(rows: readonly unknown[]): ListedRows {
  const byId = new Map<number, PublicContract>();
  const brokenIds = new Set<number>();
  for (const row of rows) {
    const contract = publicContract.safeParse(row).data;
    const contractId = contract?.contractId ?? readContractId(row);
    if (contract !== undefined) byId.set(contract.contractId, contract);
    else if (contractId !== undefined) brokenIds.add(contractId);
  }
  const contracts = [...byId.values()];
  return { contracts, brokenIds: [...brokenIds].filter((contractId) => !byId.has(contractId)) };
}
