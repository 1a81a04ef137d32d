import type { SqlExecutor, Transact } from '../database/database.ts';
import { isFatal } from '../errors.ts';

/** The number of a run that writes nothing. */
export const DRY_RUN = 0;

/** The database as the stages of a pass see it. Everything throws DatabaseError; writing LockLostError too. */
export interface Store {
  /** To read from. */
  readonly read: SqlExecutor;
  /** To write with: fenced by the lock, or without effect in a dry run. */
  readonly write: Transact;
  /** What is written carries the number of the run; `DRY_RUN` where nothing is. */
  readonly runNumber: number;
}

/**
 * A store whose failure for good ends the pass at once: whoever waits for ESI meanwhile waits in
 * vain.
 *
 * @param stop aborts the signal that the whole pass listens to
 */
export function storeThatStops(
  { read, write, runNumber }: Store,
  stop: (reason: unknown) => void,
): Store {
  const watched = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (isFatal(error)) stop(error);
      throw error;
    }
  };
  return {
    read: {
      query: (sql, ...values) => watched(read.query(sql, ...values)),
      execute: (sql, ...values) => watched(read.execute(sql, ...values)),
    },
    write: (work) => watched(write(work)),
    runNumber,
  };
}
