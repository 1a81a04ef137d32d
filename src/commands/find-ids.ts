import { BUILT_IN_SHIP_GROUPS } from '../built-in-ship-groups.ts';
import type { SqlExecutor } from '../database/database.ts';
import { findNames, type NamedThing } from '../database/queries/name-queries.ts';
import type { RegionState } from '../database/tables/regions.ts';
import { UsageError } from '../errors.ts';
import { didYouMean, meant, type Named, tellTaken } from '../names.ts';
import { REGION_NAMES } from '../region-names.ts';
import type { Logger } from '../terminal/logging.ts';
import { idIn, wideIdIn } from '../whole-number.ts';

/** What has ids that pass PostgreSQL's `integer`. */
const WITH_WIDE_IDS: ReadonlySet<string> = new Set<NamedThing>(['station', 'issuer']);

type Wanted = readonly string[] | undefined;

/** Where names are looked up, and where what is done about them is told. */
interface Lookup {
  readonly database: SqlExecutor;
  readonly logger: Pick<Logger, 'info'>;
}

/**
 * Ids of what is given by id or by its name in the database.
 *
 * @throws UsageError for a name nobody knows, with those that are near
 */
export function findIds({ database, logger }: Lookup, thing: NamedThing, wanted: Wanted) {
  const readNames = async () => {
    const stored = await findNames(database, thing);
    return thing === 'region' ? withBuiltIn(stored) : stored;
  };
  return toIds(thing, wanted, readNames, logger);
}

/** As `findIds`, where the names of the regions have been read already. */
export function findRegionIds(
  stored: readonly Pick<RegionState, 'regionId' | 'name'>[],
  wanted: Wanted,
  logger: Pick<Logger, 'info'>,
) {
  const names = stored.flatMap(({ regionId: id, name }) => (name === null ? [] : [{ id, name }]));
  return toIds('region', wanted, async () => withBuiltIn(names), logger);
}

function withBuiltIn(stored: readonly Named[]): readonly Named[] {
  return [...stored, ...notAmong(stored, REGION_NAMES)];
}

function notAmong(known: readonly Named[], names: readonly Named[]): readonly Named[] {
  const ids = new Set(known.map(({ id }) => id));
  return names.filter(({ id }) => !ids.has(id));
}

/** Ids of groups that are given by id, or by name if of ships: no other names are known. */
export function findGroupIds({ logger }: Lookup, wanted: Wanted) {
  return toIds('ship group', wanted, async () => BUILT_IN_SHIP_GROUPS, logger);
}

async function toIds(
  what: string,
  wanted: Wanted,
  readNames: () => Promise<readonly Named[]>,
  logger: Pick<Logger, 'info'>,
): Promise<readonly number[] | undefined> {
  if (wanted === undefined) return undefined;
  const readId = WITH_WIDE_IDS.has(what) ? wideIdIn : idIn;
  const names = wanted.every(readId) ? [] : await readNames();
  const ids = wanted.flatMap((text) => readId(text) ?? idsByName(what, text, names, logger));
  return [...new Set(ids)];
}

/** Only what can mean nothing else is taken for what it begins with, and never in silence. */
function idsByName(
  what: string,
  wanted: string,
  names: readonly Named[],
  logger: Pick<Logger, 'info'>,
): readonly number[] {
  const found = meant(wanted, names);
  if (found.length > 0) {
    tellTaken(wanted, found, what, logger);
    return found.map(({ id }) => id);
  }
  const near =
    names.length === 0
      ? '; none is stored yet, they come with a run'
      : didYouMean(
          wanted,
          names.map(({ name }) => name),
        );
  throw new UsageError(`the database knows no ${what} called "${wanted}"${near}`);
}
