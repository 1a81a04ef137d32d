import type { Format, OfferFlags } from '../cli/flags.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { withReadOnlyDatabase } from '../composition/compose-database.ts';
import { findShips, type ShipOffer } from '../database/queries/ship-queries.ts';
import { formatAmount } from '../report/records.ts';
import { type Terminal, terminalOf } from '../terminal/terminal.ts';
import { type Column, formatTable } from '../terminal/text-table.ts';
import { minuteOf } from '../terminal/times.ts';
import { extrasOf, linkTo, printRecords, readOfferFilter } from './offers.ts';

/** Lists stored ship contracts. @returns exit code 0 */
export async function shipsCommand(context: CommandContext, flags: OfferFlags): Promise<number> {
  const { stdout, environment } = context;
  const offers = await withReadOnlyDatabase(context, async (database) =>
    findShips(database, await readOfferFilter(flags, 'hull', database, context)),
  );
  stdout.write(formatShips(offers, flags.format, terminalOf(stdout, environment)));
  return 0;
}

/** Ship contracts as text. */
export function formatShips(
  offers: readonly ShipOffer[],
  format: Format,
  terminal?: Terminal,
): string {
  if (format !== 'table') {
    const records = offers.map((offer) => ({ ...offer, link: linkTo(offer.contractId) }));
    return printRecords(records, CSV_COLUMNS, format);
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
