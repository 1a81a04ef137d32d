import type { ShipOffer } from '../database/queries/ship-queries.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf } from '../terminal/times.ts';
import { extrasOf, linkTo } from './offer-text.ts';
import { type Format, formatAmount, formatRecords } from './records.ts';

/** Ship contracts as text. */
export function formatShips(
  offers: readonly ShipOffer[],
  format: Format,
  terminal?: Terminal,
): string {
  if (format !== 'table') {
    const records = offers.map((offer) => ({ ...offer, link: linkTo(offer.contractId) }));
    return formatRecords(records, CSV_COLUMNS, format);
  }
  if (offers.length === 0) return 'no ship contracts\n';
  return `${formatTable(COLUMNS, offers.map(rowOf), terminal)}\n`;
}

const CSV_COLUMNS: readonly (keyof ShipOffer | 'link')[] = [
  'contractId',
  'regionId',
  'region',
  'typeId',
  'ship',
  'quantity',
  'price',
  'containsAdditionalItems',
  'requestsItems',
  'title',
  'locationId',
  'dateIssued',
  'dateExpired',
  'link',
];

const COLUMNS: readonly Column[] = [
  { head: 'contract' },
  { head: 'ship', rank: 7, minWidth: 12 },
  { head: 'n', rank: 5 },
  { head: 'price (ISK)', isRight: true },
  { head: 'region', rank: 3, minWidth: 9 },
  { head: 'expires (UTC)', rank: 4 },
  { head: 'extras', rank: 6 },
  { head: 'title', rank: 2, minWidth: 12 },
  { head: 'link', rank: 1 },
];

function rowOf(offer: ShipOffer): (string | number)[] {
  return [
    String(offer.contractId),
    offer.ship ?? `type ${offer.typeId}`,
    offer.quantity,
    formatAmount(offer.price),
    offer.region ?? String(offer.regionId),
    minuteOf(new Date(offer.dateExpired)),
    extrasOf(offer),
    offer.title ?? '',
    linkTo(offer.contractId),
  ];
}
