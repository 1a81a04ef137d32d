import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';

/** How much is stored, and how it grows. */
export interface StorageFacts {
  /** Of the whole database, with indexes. */
  readonly bytes: number;
  /** When the contract ended that ended first of those stored; null when none has ended. */
  readonly oldestEndAt: Date | null;
  /** What 30 days add, by the last 30; null until a day has been seen. */
  readonly bytesAMonth: number | null;
}

const DAYS_A_MONTH = 30;

/**
 * $1 now → bytes, the first end, growth. A contract takes what one takes on average of the tables that
 * hold contracts; those that were there at the beginning are no growth.
 */
const SELECT_STORAGE = `
WITH seen AS (
  SELECT count(*) FILTER (WHERE NOT is_baseline) AS added,
    least(${DAYS_A_MONTH}, extract(epoch FROM $1::timestamptz - min(first_seen_at)) / 86400) AS days
  FROM contracts WHERE first_seen_at > $1::timestamptz - interval '${DAYS_A_MONTH} days'),
stored AS (
  SELECT CASE WHEN max(reltuples) FILTER (WHERE relname = 'contracts') > 0
      THEN max(reltuples) FILTER (WHERE relname = 'contracts')
      ELSE (SELECT count(*) FROM contracts) END AS contracts,
    sum(pg_total_relation_size(oid)) AS bytes
  FROM pg_class WHERE oid IN ('contracts'::regclass, 'contract_items'::regclass, 'contract_bids'::regclass))
SELECT json_build_array(json_build_object(
  'bytes', pg_database_size(current_database()),
  'oldestEndAt', (SELECT min(closed_at) FROM contracts WHERE closed_at IS NOT NULL),
  'bytesAMonth', CASE WHEN days >= 1 AND contracts > 0
    THEN round(bytes / contracts * added / days * ${DAYS_A_MONTH}) END))::text AS rows
FROM seen, stored`;

interface StoredFacts {
  readonly bytes: number;
  readonly oldestEndAt: string | null;
  readonly bytesAMonth: number | null;
}

/** Sizes are those that PostgreSQL tells, the number of contracts that of its last ANALYZE, if any. */
export async function readStorage(executor: SqlExecutor, now: Date): Promise<StorageFacts> {
  const [facts] = await readJsonRows<StoredFacts>(executor, SELECT_STORAGE, now);
  const { bytes = 0, oldestEndAt = null, bytesAMonth = null } = facts ?? {};
  return { bytes, oldestEndAt: oldestEndAt === null ? null : new Date(oldestEndAt), bytesAMonth };
}
