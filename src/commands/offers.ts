import type { Format, OfferFlags } from '../cli/flags.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { Database } from '../database/database.ts';
import type { OfferFilter } from '../database/queries/offer-filter.ts';
import { type FlatRecord, recordsToCsv, recordsToJson } from '../report/records.ts';
import { findGroupIds, findIds } from './find-ids.ts';

/** What the flags of `ships` and `contracts` say, with names found in the database. */
export async function readOfferFilter(
  flags: OfferFlags,
  thing: 'type' | 'hull',
  database: Database,
  { clock, logger }: Pick<CommandContext, 'clock' | 'logger'>,
): Promise<OfferFilter> {
  const lookup = { database, logger };
  const nowMs = clock.now().getTime();
  const { minTimeLeft = 0, expiresWithin } = flags;
  return {
    regionIds: await findIds(lookup, 'region', flags.region),
    typeIds: await findIds(lookup, thing, flags.type),
    groupIds: await findGroupIds(lookup, flags.group),
    minPrice: flags.minPrice,
    maxPrice: flags.maxPrice,
    hasExtras: flags.extras,
    expiresAfter: new Date(nowMs + minTimeLeft),
    expiresBefore: expiresWithin === undefined ? undefined : new Date(nowMs + expiresWithin),
    title: flags.title,
    order: flags.sort,
    limit: flags.limit,
  };
}

/** Offers in the format asked for. Only JSON keeps every character of a title. */
export function printRecords(
  records: readonly FlatRecord[],
  columns: readonly string[],
  format: Exclude<Format, 'table'>,
): string {
  return format === 'json' ? recordsToJson(records) : recordsToCsv(records, columns);
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
