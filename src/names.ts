import leven from 'leven';

/** Something that a user may call by its name. */
export interface Named {
  readonly id: number;
  readonly name: string;
}

const MAX_SUGGESTIONS = 5;
const MAX_SLIPS = 2;
/** More letters than this share of the longer word differ: nobody meant that. */
const MAX_DIFFERENT_SHARE = 0.45;

/** All that are called so, whatever the case; in EVE, a few types share their name. */
export function namesakes(wanted: string, candidates: readonly Named[]): readonly Named[] {
  const folded = wanted.toLowerCase();
  return candidates.filter(({ name }) => name.toLowerCase() === folded);
}

/**
 * What a user means: all that are called so; else the only one whose name begins so, or has a word
 * that begins so; else none.
 */
export function meant(wanted: string, candidates: readonly Named[]): readonly Named[] {
  const folded = wanted.trim().toLowerCase();
  if (folded === '') return [];
  const same = namesakes(folded, candidates);
  if (same.length > 0) return same;
  const names = candidates.map((candidate) => ({ candidate, name: candidate.name.toLowerCase() }));
  const beginning = names.filter(({ name }) => name.startsWith(folded));
  const found =
    beginning.length > 0 ? beginning : names.filter(({ name }) => hasWord(name, folded));
  return found.length === 1 ? found.map(({ candidate }) => candidate) : [];
}

/** Whether a word of the name begins so. */
function hasWord(name: string, beginning: string): boolean {
  return name
    .split(/[\s-]+/)
    .some((_, index, words) => words.slice(index).join(' ').startsWith(beginning));
}

/**
 * ` (did you mean "The Forge" or "Domain"?)`, or nothing when no name is near: first those that hold
 * what was written, then those that differ by the fewest letters.
 */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = nearestNames(wanted, names).map((name) => `"${name}"`);
  if (near.length === 0) return '';
  const last = near.pop();
  return ` (did you mean ${near.length === 0 ? '' : `${near.join(', ')} or `}${last}?)`;
}

/** The names nearest to what was written, at most five. */
export function nearestNames(wanted: string, names: Iterable<string>): string[] {
  const folded = wanted.trim().toLowerCase();
  if (folded === '') return [];
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(folded, name.toLowerCase()) }))
    .filter(({ distance }) => distance < 1)
    .sort((one, other) => one.distance - other.distance || (one.name < other.name ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name);
}

/** Whether two words differ by a slip of the pen at most. */
export function isSlip(one: string, other: string): boolean {
  return leven(one, other) <= MAX_SLIPS;
}

/** Below 0 for a name that holds the word, from 0 to 1 for one that is like it, else 1. */
function distanceOf(word: string, name: string): number {
  if (name.includes(word)) return -word.length / name.length;
  const longest = Math.max(word.length, name.length);
  const maxDistance = Math.floor(longest * MAX_DIFFERENT_SHARE) + 1;
  const distance = leven(word, name, { maxDistance });
  return distance < maxDistance ? distance / longest : 1;
}

/** What is taken for something else than it says is told. */
export function tellTaken(
  wanted: string,
  found: readonly Named[],
  what: string,
  logger: { info(facts: object, message: string): void },
): void {
  const [taken] = found;
  if (taken === undefined || taken.name.toLowerCase() === wanted.trim().toLowerCase()) return;
  logger.info(
    { wanted, taken: taken.name },
    `"${wanted}" is taken for the ${what} "${taken.name}"`,
  );
}
