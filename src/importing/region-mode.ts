import { DAY_MS } from '../clock.ts';
import type { RegionReach } from '../database/tables/imported-contracts.ts';

/** What a listing of an archive can tell of its region. */
export type RegionMode =
  /** It is newer than all that is stored. */
  | { readonly kind: 'newer'; readonly isBaseline: boolean }
  /** It is from before a pass read the region: what only it shows has ended since. */
  | { readonly kind: 'history' }
  /** It is older than what archives of that time told, or nobody knows what became of it. */
  | { readonly kind: 'old' };

/** A region of which nothing is known. */
export const UNREACHED: RegionReach = { snapshot: null, archive: null, history: null };

/**
 * Decides how an archive's listing of a region is taken. Nothing of an archive is ever put over what
 * is newer.
 *
 * @param listedAt Last-Modified of the listing in the archive
 */
export function modeOf(listedAt: Date, { snapshot, archive, history }: RegionReach): RegionMode {
  const reached = Math.max(snapshot?.getTime() ?? 0, archive?.getTime() ?? 0);
  const at = listedAt.getTime();
  if (at > reached) return { kind: 'newer', isBaseline: at - reached > DAY_MS };
  // Whether what it shows has ended can be told only where a pass has looked since.
  if (snapshot === null || at >= snapshot.getTime()) return { kind: 'old' };
  return history !== null && at <= history.getTime() ? { kind: 'old' } : { kind: 'history' };
}
