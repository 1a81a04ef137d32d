import type { FlagsOf, Options } from '../cli/command.ts';
import { count, duration, isk } from '../cli/parsers.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { Database } from '../database/database.ts';
import type { OfferFilter } from '../database/queries/offer-filter.ts';
import type { Format } from '../report/records.ts';

const FORMATS = ['table', 'json', 'csv'] as const satisfies readonly Format[];

/** What `ships` and `contracts` filter by, and how they print. */
export function offerOptions(thing: 'hull' | 'item') {
  return {
    region: { value: '<id or name>', isList: true, description: 'only this region, by id or name' },
    type: {
      value: '<id or name>',
      isList: true,
      description: `only with this ${thing}, by id or name`,
    },
    group: {
      value: '<id or name>',
      isList: true,
      description: `only with a ${thing} of this group, by id or ship group`,
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
    title: { value: '<text>', description: 'only with this text in the title, whatever its case' },
    sort: {
      value: '<order>',
      description: 'what comes first',
      choices: ['price', 'expires', 'issued'],
      byDefault: 'price',
    },
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

type OfferFlags = FlagsOf<ReturnType<typeof offerOptions>>;

/** The format asked for. */
export function formatOf({ format, json }: OfferFlags): Format {
  return json ? 'json' : format;
}

/** What the flags of `ships` and `contracts` say, with names found in the database. */
export async function readOfferFilter(
  flags: OfferFlags,
  thing: 'type' | 'hull',
  database: Database,
  { clock, logger }: Pick<CommandContext, 'clock' | 'logger'>,
): Promise<OfferFilter> {
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
    order: flags.sort,
    limit: flags.limit,
  };
}
