import type { Bid } from '../../model.ts';
import type { SqlExecutor } from '../database.ts';
import { readJsonRows } from '../json-rows.ts';
import { arraysOf, batchStatement, batchWriter } from './batch.ts';
import { columnsOf } from './columns.ts';
import { CONTRACT_ID, type ContractId } from './contract-results.ts';

/** A look at the bids of an auction. */
export interface AuctionLook extends ContractId {
  readonly etag: string | null;
  /** By ESI's clock; null when there was nothing to see. */
  readonly seenAt: Date | null;
  readonly expiresAt: Date;
}

/** An auction whose bids may be asked for. */
export interface DueAuction extends ContractId {
  /** Of the look before. */
  readonly etag: string | null;
  /** Nobody has looked before. */
  readonly isNew: boolean;
  readonly dateExpired: Date;
}

const BID = columnsOf<Bid>({
  bidId: 'bigint',
  amount: 'numeric(20,2)',
  dateBid: 'timestamptz',
});

/** The columns of `contract_bids`. */
export const CONTRACT_BID = CONTRACT_ID.and(BID);

/** The columns of `auction_looks`. */
export const LOOK = CONTRACT_ID.and(
  columnsOf<Omit<AuctionLook, keyof ContractId>>({
    etag: 'text',
    seenAt: 'timestamptz',
    expiresAt: 'timestamptz',
  }),
);

/** Bids never change. */
const INSERT_BIDS = batchStatement(
  CONTRACT_BID,
  ({ rows }) => `
INSERT INTO contract_bids (${CONTRACT_BID.names()})
SELECT ${CONTRACT_BID.names()} FROM ${rows('bid')}
ORDER BY contract_id, bid_id
ON CONFLICT DO NOTHING`,
);

/** Where the last look saw nothing, the one before tells still when bids were seen. */
export const saveLooks = batchWriter(
  LOOK,
  ({ rows }) => `
INSERT INTO auction_looks AS stored (${LOOK.names()})
SELECT ${LOOK.names()} FROM ${rows('look')}
ORDER BY contract_id
ON CONFLICT (contract_id) DO UPDATE SET etag = excluded.etag, expires_at = excluded.expires_at,
  seen_at = coalesce(excluded.seen_at, stored.seen_at)`,
);

/** A look of somebody else, who may have been the first; later ones of our own stay. */
export const saveArchivedLooks = batchWriter(
  LOOK,
  ({ rows }) => `
INSERT INTO auction_looks AS stored (${LOOK.names()})
SELECT ${LOOK.names()} FROM ${rows('look')}
ORDER BY contract_id
ON CONFLICT (contract_id) DO UPDATE SET seen_at = excluded.seen_at
WHERE stored.seen_at IS NULL OR stored.seen_at < excluded.seen_at`,
);

/** @returns the number of bids that were new */
export async function insertBids(
  executor: SqlExecutor,
  auctions: readonly (ContractId & { readonly bids: readonly Bid[] })[],
): Promise<number> {
  const bids = auctions.flatMap((auction) => auction.bids);
  if (bids.length === 0) return 0;
  const owners = auctions.flatMap((auction) => auction.bids.map(() => auction));
  const arrays = [...arraysOf(CONTRACT_ID, owners), ...arraysOf(BID, bids)];
  return executor.execute(INSERT_BIDS.sql, ...arrays);
}

/**
 * $1 region ids, $2 now → [contract_id, etag, is new, date_expired]. What is further ahead than ESI's
 * caches live was reckoned by a clock that was wrong.
 */
const SELECT_DUE = `
SELECT coalesce(json_agg(json_build_array(contract_id, etag, look.contract_id IS NULL, date_expired)
  ORDER BY date_expired, contract_id), '[]')::text AS rows
FROM contracts LEFT JOIN auction_looks AS look USING (contract_id)
WHERE type = 'auction' AND status = 'outstanding'
  AND region_id IN (SELECT json_array_elements_text($1::json)::integer)
  AND (look.contract_id IS NULL OR look.expires_at <= $2::timestamptz
    OR look.expires_at > $2::timestamptz + interval '2 hours')`;

/** Auctions that were never looked at, or may be asked for again; what ends first comes first. */
export async function dueAuctions(
  executor: SqlExecutor,
  regionIds: readonly number[],
  now: Date,
): Promise<DueAuction[]> {
  const rows = await readJsonRows<[number, string | null, boolean, string]>(
    executor,
    SELECT_DUE,
    JSON.stringify(regionIds),
    now,
  );
  return rows.map(([contractId, etag, isNew, dateExpired]) => ({
    contractId,
    etag,
    isNew,
    dateExpired: new Date(dateExpired),
  }));
}
