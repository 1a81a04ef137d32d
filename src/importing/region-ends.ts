import type { OpenEnd } from '../database/tables/imported-contracts.ts';
import { diffListing, isHeldBack } from '../pass/diff-listing.ts';

/** ESI's listings end here: 35 pages of 1,000 (FACTS §1). */
const MOST_LISTED = 35_000;

/** The listing of a region in an archive. */
export interface ListingOfArchive {
  /** Broken rows included. */
  readonly listedIds: ReadonlySet<number>;
  /** Rows of the archive whose ids nobody can read. */
  readonly unreadableRows: number;
  /** Last-Modified of it. */
  readonly listedAt: Date;
}

/** What an archive's listing tells of contracts that archives or ESI showed before. */
export interface RegionEnds {
  /** Two listings in a row lack them: they have ended. */
  readonly gone: readonly (OpenEnd & { readonly status: 'closed' | 'expired' })[];
  /** The first listing that lacks them: EVE Ref may have missed a page. */
  readonly missed: readonly OpenEnd[];
  /** Missed by the listing before, and shown again. */
  readonly shown: readonly OpenEnd[];
  /** So much is missing that the listing is no witness at all. */
  readonly isDoubtful: boolean;
}

/**
 * Finds which contracts have ended. A page that EVE Ref could not have is silently missing in an
 * archive: absence in one proves nothing.
 *
 * @param open contracts whose end is not known
 */
export function findEnds(
  open: readonly OpenEnd[],
  { listedIds, unreadableRows, listedAt }: ListingOfArchive,
): RegionEnds {
  const byId = new Map(open.map((end) => [end.contractId, end]));
  const diff = diffListing(
    new Map(open.map(({ contractId, expiresMs }) => [contractId, expiresMs])),
    {
      listedIds,
      unreadableRows,
      isOpenEnded: listedIds.size >= MOST_LISTED,
      hasShifted: false,
      lastModified: listedAt,
      servedAt: listedAt,
    },
  );
  const isDoubtful = isHeldBack(diff, listedAt, null);
  const vanished = isDoubtful ? [] : diff.vanished;
  const ends = vanished.flatMap(({ contractId, status }) => {
    const end = byId.get(contractId);
    return end === undefined ? [] : [{ ...end, status }];
  });
  return {
    gone: ends.filter(({ wasMissed }) => wasMissed),
    missed: ends.filter(({ wasMissed }) => !wasMissed),
    shown: open.filter(({ contractId, wasMissed }) => wasMissed && listedIds.has(contractId)),
    isDoubtful,
  };
}
