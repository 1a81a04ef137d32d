import { ConfigError, UsageError } from '../errors.ts';
import type { RegionChoice } from '../model.ts';
import { didYouMean, meant, type Named, tellTaken } from '../names.ts';
import { REGION_NAMES } from '../region-names.ts';
import { idIn } from '../whole-number.ts';
import type { CommandContext } from './command-context.ts';

/** What ESI tells of regions. */
interface ListedRegions {
  readonly ids: readonly number[];
  readonly names: readonly Named[];
}

/**
 * The regions of a run, by ids and names or `all`, before anything else is done. ESI is asked only
 * for what the program does not know; where it gives no answer, ids are believed.
 *
 * @param asked on the command line; else the setting tells
 * @throws UsageError for what is no region, with the names that are near; ConfigError when the
 *   setting says so
 */
export async function resolveRegions(
  asked: readonly string[] | undefined,
  context: CommandContext,
): Promise<RegionChoice> {
  if (asked !== undefined) return resolve(asked, context);
  const { REGION_IDS } = context.config;
  if (REGION_IDS === 'all') return 'all';
  try {
    return await resolve(REGION_IDS.map(String), context);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new ConfigError([`REGION_IDS: ${error.message}`], { cause: error });
  }
}

async function resolve(words: readonly string[], context: CommandContext): Promise<RegionChoice> {
  if (words.some((word) => word.toLowerCase() === 'all')) return 'all';
  for (const word of words) assertSensible(word);
  const isKnown = (word: string) => find(word, REGION_NAMES).length > 0;
  const listed = words.every(isKnown) ? undefined : await askEsi(context, words);
  return words.flatMap((word) => idsOf(word, listed, context));
}

/** What begins like a number and is no id names nothing: no name of a region does. */
function assertSensible(word: string): void {
  if (!/^[+-]?\d/.test(word) || idIn(word) !== undefined) return;
  throw new UsageError(`"${word}" is no id of a region: those are whole numbers such as 10000002`);
}

function find(word: string, names: readonly Named[]): readonly Named[] {
  const id = idIn(word);
  return id === undefined ? meant(word, names) : names.filter((region) => region.id === id);
}

function idsOf(
  word: string,
  listed: ListedRegions | undefined,
  { logger }: CommandContext,
): readonly number[] {
  const id = idIn(word);
  const found = find(word, [...REGION_NAMES, ...(listed?.names ?? [])]);
  if (id !== undefined) {
    const isListed = listed === undefined || found.length > 0 || listed.ids.includes(id);
    if (isListed) return [id];
    throw new UsageError(`ESI lists no region with the id ${id}`);
  }
  const [region] = found;
  if (region === undefined) {
    const names = [...REGION_NAMES, ...(listed?.names ?? [])].map(({ name }) => name);
    throw new UsageError(`no region is called "${word}"${didYouMean(word, names)}`);
  }
  tellTaken(word, [region], 'region', logger);
  return [region.id];
}

/** Undefined when ESI gives no answer. */
async function askEsi(
  context: CommandContext,
  words: readonly string[],
): Promise<ListedRegions | undefined> {
  const [{ withRedis }, { createCache, withEsi }, { unlessEsiFails }] = await Promise.all([
    import('./compose-lock.ts'),
    import('./compose-esi.ts'),
    import('../esi/client.ts'),
  ]);
  const needsNames = words.some((word) => idIn(word) === undefined);
  return withRedis(context, async (redis) => {
    const cache = await createCache(context, redis, true);
    return withEsi(context, cache, { signal: context.interrupt }, (esi) =>
      unlessEsiFails(async () => {
        const ids = await esi.regionIds();
        const names = needsNames ? await esi.regionNames(ids) : new Map<number, string>();
        return { ids, names: Array.from(names, ([id, name]) => ({ id, name })) };
      }),
    );
  });
}
