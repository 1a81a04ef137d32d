/** One of several processes that share a pass. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  /** Of all shards; at least 2. */
  readonly count: number;
}

/** More pods than this have nothing to divide: ESI has 114 regions. */
export const MAX_SHARDS = 100;

/** `0/3`: the name of a shard in keys, tables and logs. */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * Reads `<i>/<n>`. Counting from 0 and counting from 1 name the same shards: `3/3` is `0/3`.
 *
 * @returns undefined for anything else; a whole of one shard is `'unsharded'`
 */
export function parseShard(text: string): Shard | 'unsharded' | undefined {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text.trim());
  if (match === null) return undefined;
  const [index, count] = [Number(match[1]), Number(match[2])];
  if (count < 1 || count > MAX_SHARDS || index > count) return undefined;
  return count === 1 ? 'unsharded' : { index: index % count, count };
}

/** Whether this process does what one alone should do. */
export function isFirstShard(shard: Shard | undefined): boolean {
  return shard === undefined || shard.index === 0;
}

/** A process' part of what all shards may do together: at least one. */
export function shareOf(total: number, shard: Shard | undefined): number {
  return shard === undefined ? total : Math.max(1, Math.floor(total / shard.count));
}
