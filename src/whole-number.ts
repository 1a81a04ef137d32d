/** PostgreSQL's `integer`, which ids of regions, groups and types are. */
const MAX_INTEGER = 2_147_483_647;

/**
 * Reads a whole number from its decimal digits.
 *
 * @returns undefined for any other text, a sign and blanks included, and for one out of bounds
 */
export function wholeNumber(
  text: string | undefined,
  min = 0,
  max = MAX_INTEGER,
): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** Reads an id that may pass PostgreSQL's `integer`; undefined for any other text. */
export function wideIdIn(text: string | undefined): number | undefined {
  return wholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

/** Reads the id of a region, group or type; undefined for any other text. */
export function idIn(text: string | undefined): number | undefined {
  return wholeNumber(text, 1);
}
