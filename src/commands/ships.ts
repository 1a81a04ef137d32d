import { stringify } from 'csv-stringify/sync';
import type { ShipsFlags } from '../cli.ts';
import type { CommandContext } from '../composition/command-context.ts';
import { withReadOnlyDatabase } from '../composition/compose-database.ts';
import type { SqlExecutor } from '../database/database.ts';
import {
  findIdByName,
  findShips,
  type NamedTable,
  type ShipOffer,
} from '../database/ship-queries.ts';
import { UsageError } from '../errors.ts';
import { plainJson, plainText } from '../report/plain-text.ts';
import { formatTable } from '../report/text-table.ts';

/** Lists stored ship contracts. @returns exit code 0 */
export async function shipsCommand(context: CommandContext, flags: ShipsFlags): Promise<number> {
  const { clock, stdout } = context;
  const offers = await withReadOnlyDatabase(context, async (database) =>
    findShips(database, {
      regionIds: await idsOf(database, 'regions', flags.region),
      typeIds: await idsOf(database, 'esi_type_cache', flags.type),
      maxPrice: flags.maxPrice,
      now: clock.now(),
      limit: flags.limit,
    }),
  );
  stdout.write(formatOffers(offers, flags.format));
  return 0;
}

async function idsOf(
  executor: SqlExecutor,
  table: NamedTable,
  wanted: readonly string[] | undefined,
): Promise<number[] | undefined> {
  if (wanted === undefined) return undefined;
  return Promise.all(
    wanted.map(async (text) => {
      if (/^\d{1,9}$/.test(text)) return Number(text);
      const id = await findIdByName(executor, table, text);
      const what = table === 'regions' ? 'region' : 'type';
      if (id === undefined) throw new UsageError(`the database knows no ${what} called "${text}"`);
      return id;
    }),
  );
}

type Format = ShipsFlags['format'];

/** The offers as text. Only JSON keeps every character of a title. */
export function formatOffers(offers: readonly ShipOffer[], format: Format): string {
  return FORMATS[format](offers);
}

const FORMATS: Readonly<Record<Format, (offers: readonly ShipOffer[]) => string>> = {
  json: (offers) => `${plainJson(offers, 2)}\n`,
  // A spreadsheet must not take a player's title for a formula.
  csv: (offers) =>
    stringify(offers.map(withPlainTexts), {
      header: true,
      columns: CSV_COLUMNS,
      escape_formulas: true,
      cast: { boolean: String },
    }),
  table: (offers) => (offers.length === 0 ? 'no ship contracts\n' : `${tableOf(offers)}\n`),
};

function withPlainTexts(offer: ShipOffer): ShipOffer {
  const [region, ship, title] = [offer.region, offer.ship, offer.title].map(
    (text) => text && plainText(text),
  );
  return { ...offer, region: region ?? null, ship: ship ?? null, title: title ?? null };
}

const CSV_COLUMNS: readonly (keyof ShipOffer)[] = [
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
  'dateExpired',
];

function tableOf(offers: readonly ShipOffer[]): string {
  const head = [
    'contract',
    'ship',
    'n',
    'price (ISK)',
    'region',
    'expires (UTC)',
    'extras',
    'title',
  ];
  const rows = offers.map((offer) => [
    String(offer.contractId),
    offer.ship ?? `type ${offer.typeId}`,
    offer.quantity,
    offer.price ?? 0,
    offer.region ?? String(offer.regionId),
    offer.dateExpired.slice(0, 16).replace('T', ' '),
    extrasOf(offer),
    offer.title ?? '',
  ]);
  return formatTable(head, rows);
}

function extrasOf(offer: ShipOffer): string {
  if (offer.requestsItems) return 'wants goods';
  return offer.containsAdditionalItems ? 'with extras' : '';
}
