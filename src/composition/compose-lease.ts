import {
  giveLeaseBack,
  hasLeaseTable,
  LEASE_NAME,
  renewLease,
  takeLease,
} from '../database/tables/run-lease.ts';
import type { LeaseKeeper } from '../lock/lease-lock.ts';
import type { CommandContext } from './command-context.ts';
import { ensureMigrated, withDatabase } from './compose-database.ts';

/**
 * Gives work the keeper of the lease in the database, on a connection of its own: the renewal must
 * not wait for one that the pass is using.
 *
 * @throws DatabaseError when the database cannot be asked, or lacks migrations
 */
export function withLeaseKeeper<T>(
  context: CommandContext,
  mayMigrate: boolean,
  work: (keeper: LeaseKeeper) => Promise<T>,
): Promise<T> {
  const answerTimeoutMs = context.config.LOCK_TTL_SECONDS * 1000;
  const use = { connections: 1, answerTimeoutMs };
  return withDatabase(
    context,
    async (database) => {
      // Under the lease it could not be made: with it, everything else is migrated.
      if (!(await hasLeaseTable(database))) {
        await ensureMigrated(database, (transact) => transact, context, mayMigrate);
      }
      return work({
        name: LEASE_NAME,
        take: (token, ttlMs) => takeLease(database, token, ttlMs),
        renew: (token, ttlMs) => renewLease(database, token, ttlMs),
        giveBack: (token) => giveLeaseBack(database.transact, token),
      });
    },
    use,
  );
}
