const BLOCKS = '▁▂▃▄▅▆▇█';
const NOTHING = '·';

/** One block a value, from the least to the most; a dot where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const low = Math.min(...known);
  const high = Math.max(...known);
  return values.map((value) => blockOf(value, low, high)).join('');
}

function blockOf(value: number | undefined, low: number, high: number): string {
  if (value === undefined) return NOTHING;
  const share = high === low ? 0.5 : (value - low) / (high - low);
  return BLOCKS[Math.round(share * (BLOCKS.length - 1))] ?? NOTHING;
}
