/** From this many stored contracts on, a snapshot that lacks most of them is doubted. */
const MIN_STORED_TO_DOUBT = 100;

export interface ListingFacts {
  /** Every id that the listing shows, broken rows included. */
  readonly listedIds: ReadonlySet<number>;
  /** Rows whose ids nobody can read: any stored contract may be one of them. */
  readonly unreadableRows: number;
  /** The last page is full: what follows it may be missing. */
  readonly isOpenEnded: boolean;
  /** The pages shifted while they were read: absence proves nothing. */
  readonly hasShifted: boolean;
  /** ESI's Last-Modified of the listing. */
  readonly lastModified: Date;
  /** ESI's clock when the listing was read. */
  readonly servedAt: Date;
}

export interface Vanished {
  readonly contractId: number;
  readonly status: 'closed' | 'expired';
  /** When it had ended for sure, by ESI's clock. */
  readonly endedBefore: Date;
}

/** Id and date_expired in ms. */
type Stored = readonly [contractId: number, expiresMs: number];

export interface ListingDiff {
  /** Stored contracts that the listing proves to be gone, and what became of them. */
  readonly vanished: readonly Vanished[];
  /** Stored contracts that it does not show, and that may be behind its end. */
  readonly cutOffIds: readonly number[];
  /** The snapshot lacks more than half of 100 or more: more likely a fault than the market. */
  readonly isDoubtful: boolean;
}

/**
 * Finds which stored contracts left the listing (SPEC §5.6). A listing is ascending by id, so one
 * that was cut off lacks the newest: above its largest id, only the passing of `date_expired`
 * proves anything, and nothing else does anywhere while there are rows that cannot be told apart.
 *
 * @param outstanding ids of the region's outstanding contracts → date_expired in ms
 */
export function diffListing(
  outstanding: ReadonlyMap<number, number>,
  listing: ListingFacts,
): ListingDiff {
  const { listedIds, hasShifted, lastModified, servedAt } = listing;
  if (hasShifted) return { vanished: [], cutOffIds: [], isDoubtful: false };
  const provenUpTo = lastProvenId(listing);
  const isProven = ([contractId]: Stored) => contractId <= provenUpTo;
  const hasExpired = ([, expiresMs]: Stored) => expiresMs <= servedAt.getTime();
  const missing = [...outstanding].filter(([contractId]) => !listedIds.has(contractId));
  const isGone = (stored: Stored) => isProven(stored) || hasExpired(stored);
  const gone = missing.filter(isGone);
  const comparable = [...outstanding].filter(isProven).length;
  return {
    vanished: gone.map((stored) => ({
      contractId: stored[0],
      status: hasExpired(stored) ? 'expired' : 'closed',
      endedBefore: isProven(stored) ? lastModified : servedAt,
    })),
    cutOffIds: missing.filter((stored) => !isGone(stored)).map(([contractId]) => contractId),
    isDoubtful: comparable >= MIN_STORED_TO_DOUBT && gone.filter(isProven).length > comparable / 2,
  };
}

/**
 * A doubtful snapshot closes nothing until a later one says the same.
 *
 * @param heldBack Last-Modified of the doubtful snapshot before, if there was one
 */
export function isHeldBack(diff: ListingDiff, lastModified: Date, heldBack: Date | null): boolean {
  return diff.isDoubtful && (heldBack === null || heldBack.getTime() === lastModified.getTime());
}

/** The largest id whose absence proves that the contract has gone. */
function lastProvenId({ listedIds, isOpenEnded, unreadableRows }: ListingFacts): number {
  if (unreadableRows > 0) return 0;
  return isOpenEnded ? largest(listedIds) : Number.POSITIVE_INFINITY;
}

function largest(ids: Iterable<number>): number {
  let max = 0;
  for (const id of ids) if (id > max) max = id;
  return max;
}
