/** Finds out which pieces of work others have done in the meantime. */
export type FindDone = (ids: readonly number[]) => Promise<ReadonlySet<number>>;

/** Does pieces of work of which nobody else does any. */
export type DoWork = (ids: readonly number[]) => Promise<void>;

/** Keeps several shards from doing twice what all of them need. */
export interface Claims {
  /** Whether others are at what is needed here, and nothing is left but to wait for them. */
  readonly isWaiting: boolean;
  /**
   * Does work that is known by a name while nobody else does it. What the one before has left
   * behind is there when the turn comes.
   */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * Gets pieces of work done, each by one of the shards that want it. Comes back when all of them
   * are done, or were tried here.
   *
   * @param kind of the pieces, whose ids mean the same for every shard
   */
  divide(kind: string, ids: readonly number[], findDone: FindDone, work: DoWork): Promise<void>;
}

/** For a run that does the whole pass: there is nobody to wait for. */
export const ALONE: Claims = {
  isWaiting: false,
  inTurn: (_name, work) => work(),
  divide: (_kind, ids, _findDone, work) => work(ids),
};
