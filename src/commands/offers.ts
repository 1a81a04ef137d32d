import type { FlagsOf, Options } from '../cli/command.ts';
import { count, duration, isk } from '../cli/parsers.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { Database } from '../database/database.ts';
import type { OfferFilter } from '../database/queries/offer-filter.ts';
import { UsageError } from '../errors.ts';
import { SECURITY_CLASSES } from '../model.ts';
import type { Found } from '../report/offer-text.ts';
import type { Format } from '../report/records.ts';

/** How lists are printed. */
export const FORMATS = ['table', 'json', 'csv'] as const satisfies readonly Format[];

/** What `ships` and `contracts` filter by, and how they print. */
export function offerOptions<const Order extends string>(
  thing: 'a hull' | 'an item',
  orders: readonly Order[],
) {
  return {
    region: {
      value: '<id or name>',
      isList: true,
      description: 'only this region, by id or name',
      suggestions: 'regions',
    },
    type: {
      value: '<id or name>',
      isList: true,
      description: `only with this ${thing.split(' ')[1]}, by id or name`,
      suggestions: 'hulls',
    },
    group: {
      value: '<id or name>',
      isList: true,
      description: `only with ${thing} of this group, by id or ship group`,
      suggestions: 'ship groups',
    },
    minPrice: { value: '<isk>', description: 'only from this price, e.g. 100m', parse: isk },
    maxPrice: { value: '<isk>', description: 'only up to this price, e.g. 1.5b', parse: isk },
    extras: {
      description: 'only with additional items',
      no: 'only without additional items',
    },
    minTimeLeft: {
      value: '<duration>',
      description: 'only if it lasts so long, e.g. 6h',
      parse: duration,
    },
    expiresWithin: {
      value: '<duration>',
      description: 'only if it ends so soon, e.g. 1d',
      parse: duration,
    },
    system: {
      value: '<id or name>',
      isList: true,
      description: 'only in this solar system, by id or name',
    },
    station: {
      value: '<id or name>',
      isList: true,
      description: 'only at this station or structure, by id or, of stations, name',
    },
    security: {
      value: '<class>',
      isList: true,
      description: 'only where security is so',
      choices: SECURITY_CLASSES,
    },
    issuer: {
      value: '<id or name>',
      isList: true,
      description: 'only of this character or corporation, by id or name',
    },
    title: { value: '<text>', description: 'only with this text in the title, whatever its case' },
    sort: {
      value: '<order>',
      description: 'what comes first',
      choices: orders,
      byDefault: 'price',
    },
    desc: { description: 'the other way round: the dearest, the last to end or the oldest first' },
    limit: { value: '<n>', description: 'as many at most', parse: count, byDefault: 50 },
    format: {
      value: '<format>',
      description: 'how to print',
      choices: FORMATS,
      byDefault: 'table',
    },
    json: { description: 'the same as --format json', conflictsWith: 'format' },
  } as const satisfies Options;
}

type OfferFlags = Omit<FlagsOf<ReturnType<typeof offerOptions>>, 'sort'>;

/** The format asked for. */
export function formatOf({ format, json }: OfferFlags): Format {
  return json ? 'json' : format;
}

/** @throws UsageError for filters that nothing can pass */
function assertPossible({ minPrice, maxPrice, minTimeLeft, expiresWithin }: OfferFlags): void {
  if (minPrice !== undefined && maxPrice !== undefined && minPrice > maxPrice) {
    throw new UsageError('--min-price is more than --max-price: no contract can have such a price');
  }
  if (minTimeLeft !== undefined && expiresWithin !== undefined && minTimeLeft > expiresWithin) {
    throw new UsageError('--min-time-left is more than --expires-within: no contract can do both');
  }
}

/** How many offers there are beside those that were found, asked for only where it is told. */
export async function findRest(
  found: number,
  flags: OfferFlags,
  countAll: () => Promise<number>,
  database: Database,
): Promise<Found> {
  const isTold = formatOf(flags) === 'table';
  const { isAnythingStored } = await import('../database/queries/contract-queries.ts');
  return {
    total: isTold && found > 0 && found === flags.limit ? await countAll() : found,
    hasStock: !isTold || found > 0 || (await isAnythingStored(database)),
  };
}

/**
 * What the flags of `ships` and `contracts` say but for the order, with names found in the database.
 *
 * @throws UsageError for filters that nothing can pass, and for names that nothing has
 */
export async function readOfferFilter(
  flags: OfferFlags,
  thing: 'type' | 'hull',
  database: Database,
  { clock, logger }: Pick<CommandContext, 'clock' | 'logger'>,
): Promise<Omit<OfferFilter, 'order'>> {
  assertPossible(flags);
  const { findGroupIds, findIds } = await import('./find-ids.ts');
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
    systemIds: await findIds(lookup, 'system', flags.system),
    locationIds: await findIds(lookup, 'station', flags.station),
    securityClasses: flags.security,
    issuerIds: await findIds(lookup, 'issuer', flags.issuer),
    isReversed: flags.desc === true,
    limit: flags.limit,
  };
}
