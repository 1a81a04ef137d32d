import { vi } from 'vitest';
import type { Database } from '../../../src/database/database.ts';

const COUNT_WAITING = `
SELECT count(*)::int AS count FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'`;

/** Until one client of the database waits for a lock that another holds. */
export async function waitUntilSomebodyWaits(database: Database): Promise<void> {
  await vi.waitUntil(
    async () => {
      const [row] = await database.query<{ count: number }>(COUNT_WAITING);
      return row?.count === 1;
    },
    { timeout: 10_000, interval: 20 },
  );
}
