import type { Config } from '../../config/config.ts';
import { decideOutcomes } from './decide-outcomes.ts';
import { priceDays } from './price-days.ts';
import { type ProbingParts, probeVanished } from './probe-vanished.ts';
import { type BidsParts, readBids } from './read-bids.ts';

/** What is needed to find out what became of contracts, but for the settings. */
export type OutcomesParts = BidsParts & Omit<ProbingParts, 'mayProbe'>;

/** The settings of it. */
export type OutcomesSettings = Pick<Config, 'AUCTION_BIDS' | 'OUTCOME_PROBES'>;

/**
 * What became of contracts: bids before auctions end, the verdicts on those that ended, and ESI's
 * word for some of them.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function findOutcomes(
  regionIds: readonly number[],
  parts: OutcomesParts,
  { AUCTION_BIDS, OUTCOME_PROBES }: OutcomesSettings,
): Promise<void> {
  const deciding = { ...parts, mayProbe: OUTCOME_PROBES > 0 };
  await readBids(AUCTION_BIDS, regionIds, parts);
  const progress = await decideOutcomes(deciding);
  await probeVanished(OUTCOME_PROBES, deciding);
  const isPriced = progress.pricedThrough >= progress.decidedThrough;
  // What was heard of a contract may have changed its day.
  if (!isPriced || parts.report.outcomes.probed > 0) await priceDays(progress, deciding);
}
