/** A run of a shard, as far as plans go. */
export interface PlannedRun {
  /** `<i>/<n>` */
  readonly shard: string;
  readonly isFinished: boolean;
  readonly outcome: string | null;
}

/** A run with one of these ends has been through all of its regions, or tried. */
const THROUGH: readonly (string | null)[] = ['complete', 'partial'];

/**
 * Whether the regions may be divided anew: every shard of the division has been through its
 * regions and none is at work, or there is another number of shards now (the lock keeps shards of
 * different divisions apart).
 *
 * @param runs all that began under the plan
 */
export function divisionIsDone(runs: readonly PlannedRun[], shards: number): boolean {
  const [first] = runs;
  if (first !== undefined && !first.shard.endsWith(`/${shards}`)) return true;
  if (runs.some(({ isFinished }) => !isFinished)) return false;
  const through = runs.filter(({ outcome }) => THROUGH.includes(outcome));
  return new Set(through.map(({ shard }) => shard)).size === shards;
}
