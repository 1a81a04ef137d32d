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
