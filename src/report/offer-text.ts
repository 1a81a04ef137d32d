import type { OfferPlace } from '../database/queries/offer-filter.ts';
import { formatNumber } from '../terminal/numbers.ts';

/** What is known beside the offers that are shown. */
export interface Found {
  /** So many there are, shown or not. */
  readonly total: number;
  /** Whether anything was ever stored. */
  readonly hasStock: boolean;
}

/** Tells that there are more than are shown; nothing when there are not. */
export function cutOf(shown: number, { total }: Found): string {
  if (total <= shown) return '';
  return `${formatNumber(shown)} of ${formatNumber(total)}; --limit shows more\n`;
}

/** Why there may be nothing. */
export function hintOf({ hasStock }: Found): string {
  return hasStock ? '' : ': nothing was stored yet; `contracts-agg run` reads the contracts';
}

/** Where an offer is and whose it is, in the order of CSV. */
export const PLACE_FIELDS: readonly (keyof OfferPlace)[] = [
  'locationId',
  'location',
  'systemId',
  'system',
  'security',
  'issuerId',
  'issuer',
];

/** `Jita 0.9`; nothing for a place that is not known. */
export function systemOf({ system, security }: Pick<OfferPlace, 'system' | 'security'>): string {
  if (system === null) return '';
  return security === null ? system : `${system} ${security.toFixed(1)}`;
}

/** What opens a contract in the game's chat. */
export function linkTo(contractId: number): string {
  return `contract:0//${contractId}`;
}

/** What else the buyer gets, or has to bring. */
export function extrasOf(offer: {
  readonly requestsItems: boolean;
  readonly containsAdditionalItems: boolean;
}): string {
  if (offer.requestsItems) return 'wants goods';
  return offer.containsAdditionalItems ? 'with extras' : '';
}
