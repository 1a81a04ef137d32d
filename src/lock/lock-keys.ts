import { type Shard, shardName } from '../sharding/shard.ts';

/** What the shards of one division have in common. */
interface SharedKey {
  readonly name: string;
  /** The same for all shards that may be at work together. */
  readonly value: string;
  /** The own keys of all of them. */
  readonly holders: readonly string[];
}

/** The keys that keep a run from working beside another one. */
export interface LockKeys {
  /** Held by this run. */
  readonly own: string;
  /** While it exists, runs of the other kind are at work. */
  readonly barring: string;
  /** Held together with the other shards; undefined for a run that does the whole pass. */
  readonly shared: SharedKey | undefined;
}

/**
 * A whole run holds `lock`. A shard holds `lock:<i>/<n>`, and all shards together `lock:shards`,
 * which tells their number: another division has to wait until the last of them is done.
 */
export function lockKeys(prefix: string, shard?: Shard): LockKeys {
  const whole = `${prefix}lock`;
  const name = `${whole}:shards`;
  if (shard === undefined) return { own: whole, barring: name, shared: undefined };
  const { count } = shard;
  const keyOf = (index: number) => `${whole}:${shardName({ index, count })}`;
  const holders = Array.from({ length: count }, (_, index) => keyOf(index));
  return {
    own: keyOf(shard.index),
    barring: whole,
    shared: { name, value: String(count), holders },
  };
}
