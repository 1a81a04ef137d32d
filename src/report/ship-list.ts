import type { ShipOffer } from '../database/queries/ship-queries.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf } from '../terminal/times.ts';
import {
  cutOf,
  extrasOf,
  type Found,
  hintOf,
  linkTo,
  PLACE_FIELDS,
  systemOf,
} from './offer-text.ts';
import { type Format, formatAmount, formatRecords } from './records.ts';

/** Ship contracts as text. */
export function formatShips(
  offers: readonly ShipOffer[],
  format: Format,
  terminal?: Terminal,
  found: Found = { total: offers.length, hasStock: true },
): string {
  if (format !== 'table') {
    const records = offers.map((offer) => ({ ...offer, link: linkTo(offer.contractId) }));
    return formatRecords(records, CSV_COLUMNS, format);
  }
  if (offers.length === 0) return `no ship contracts${hintOf(found)}\n`;
  return `${formatTable(COLUMNS, offers.map(rowOf), terminal)}\n${cutOf(offers.length, found)}`;
}

const CSV_COLUMNS: readonly (keyof ShipOffer | 'link')[] = [
  'contractId',
  'regionId',
  'region',
  'typeId',
  'ship',
  'quantity',
  'price',
  'priceEach',
  'containsAdditionalItems',
  'requestsItems',
  'title',
  ...PLACE_FIELDS,
  'dateIssued',
  'dateExpired',
  'link',
];

const COLUMNS: readonly Column[] = [
  // The link holds it.
  { head: 'contract', rank: 2 },
  { head: 'ship', rank: 10, minWidth: 12 },
  { head: 'n', rank: 4 },
  { head: 'price (ISK)', isRight: true },
  { head: 'each (ISK)', isRight: true, rank: 3 },
  { head: 'region', rank: 8, minWidth: 9 },
  { head: 'system', rank: 4, minWidth: 8 },
  { head: 'expires (UTC)', rank: 5 },
  { head: 'extras', rank: 6 },
  { head: 'title', rank: 1, minWidth: 12 },
  { head: 'link', rank: 9 },
];

function rowOf(offer: ShipOffer): (string | number)[] {
  return [
    String(offer.contractId),
    offer.ship ?? `type ${offer.typeId}`,
    offer.quantity,
    formatAmount(offer.price),
    offer.quantity === 1 ? '' : formatAmount(offer.priceEach),
    offer.region ?? String(offer.regionId),
    systemOf(offer),
    minuteOf(new Date(offer.dateExpired)),
    extrasOf(offer),
    offer.title ?? '',
    linkTo(offer.contractId),
  ];
}
