import type { Clock } from '../../clock.ts';
import {
  type AuctionLook,
  type DueAuction,
  dueAuctions,
  insertBids,
  saveLooks,
} from '../../database/tables/contract-bids.ts';
import { keepProbes } from '../../database/tables/probes.ts';
import { usualIntervalSeconds } from '../../database/tables/runs.ts';
import { EsiDownError, EsiError, OutOfTimeError } from '../../errors.ts';
import type { EsiClient } from '../../esi/client.ts';
import type { DatedAnswer } from '../../esi/contract-list.ts';
import type { Bid } from '../../model.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { Logger } from '../../terminal/logging.ts';
import { forEachConcurrently } from '../concurrency.ts';
import type { Store } from '../store.ts';
import { saysAccepted } from './decide-outcome.ts';

/** Cron's half hour, until the runs have shown another. */
const USUAL_INTERVAL_SECONDS = 1800;
const HOUR_MS = 3_600_000;
/** Auctions of a transaction: a run that is stopped loses no more. */
const AUCTIONS_AT_ONCE = 200;

/** Which auctions are looked at: none, those that end soon and new ones, or all. */
export type AuctionBids = 'off' | 'ending' | 'all';

export interface BidsParts {
  readonly store: Store;
  readonly esi: Pick<EsiClient, 'contractBids'>;
  readonly report: Pick<RunReport, 'bids'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeIsUp: AbortSignal;
  readonly esiConcurrency: number;
  readonly logger: Logger;
}

interface Look {
  readonly auction: DueAuction;
  readonly answer: DatedAnswer<Bid>;
}

/**
 * Asks for the bids of auctions that were never looked at, and of those that may end before the run
 * after the next. What cannot be had now is asked for by the next run.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function readBids(
  which: AuctionBids,
  regionIds: readonly number[],
  parts: BidsParts,
): Promise<void> {
  if (which === 'off') return;
  const { store, clock } = parts;
  const ready = await dueAuctions(store.read, regionIds, clock.now());
  const auctions = which === 'all' ? ready : await endingOrNew(ready, parts);
  for (let start = 0; start < auctions.length; start += AUCTIONS_AT_ONCE) {
    if (!(await lookAt(auctions.slice(start, start + AUCTIONS_AT_ONCE), parts))) return;
  }
}

/** An end is known to the hour only; one before the run after the next may not be seen by another. */
async function endingOrNew(
  auctions: readonly DueAuction[],
  { store, clock }: BidsParts,
): Promise<readonly DueAuction[]> {
  if (auctions.length === 0) return auctions;
  const seconds = (await usualIntervalSeconds(store.read)) ?? USUAL_INTERVAL_SECONDS;
  const nextButOneMs = clock.now().getTime() + 2 * seconds * 1000;
  return auctions.filter(
    ({ isNew, dateExpired }) => isNew || dateExpired.getTime() - HOUR_MS <= nextButOneMs,
  );
}

/** @returns false when nothing more can be had in this run */
async function lookAt(auctions: readonly DueAuction[], parts: BidsParts): Promise<boolean> {
  const looks: Look[] = [];
  let stop: unknown;
  await forEachConcurrently(auctions, parts.esiConcurrency, async (auction) => {
    if (stop !== undefined || parts.timeIsUp.aborted) return;
    const answer = await ask(auction, parts).catch((error: unknown) => {
      if (!(error instanceof EsiDownError) && !(error instanceof OutOfTimeError)) throw error;
      stop = error;
    });
    if (answer) looks.push({ auction, answer });
  });
  await writeLooks(looks, parts);
  if (stop instanceof EsiDownError) {
    parts.logger.warn({ error: stop }, 'bids cannot be had now; the next run asks for them');
  }
  return stop === undefined && !parts.timeIsUp.aborted;
}

async function ask(
  { contractId, etag }: DueAuction,
  { esi, logger }: BidsParts,
): Promise<DatedAnswer<Bid> | undefined> {
  try {
    return await esi.contractBids(contractId, etag);
  } catch (error) {
    if (!(error instanceof EsiError)) throw error;
    logger.warn({ contractId, error }, 'bids cannot be had; the next run asks for them');
    return undefined;
  }
}

async function writeLooks(looks: readonly Look[], { store, report }: BidsParts): Promise<void> {
  if (looks.length === 0) return;
  const rows = looks.map(toRow);
  const bids = looks.map(({ auction, answer: { answer } }) => ({
    contractId: auction.contractId,
    bids: answer.kind === 'rows' ? answer.rows : [],
  }));
  const inserted = await store.write(async (sql) => {
    await saveLooks(sql, rows);
    await keepProbes(sql, looks.flatMap(acceptanceOf), store.runNumber);
    return insertBids(sql, bids);
  });
  report.bids.auctions += looks.length;
  report.bids.inserted += inserted;
}

function toRow({ auction, answer: dated }: Look): AuctionLook {
  const { answer, etag, seenAt, expiresAt } = dated;
  const hasSeen = answer.kind !== 'gone' && answer.kind !== 'broken';
  return { contractId: auction.contractId, etag, seenAt: hasSeen ? seenAt : null, expiresAt };
}

/** The one answer in place of bids that says something. */
function acceptanceOf({ auction, answer: { answer } }: Look) {
  if (answer.kind !== 'gone' || !saysAccepted(answer.probe)) return [];
  return [{ contractId: auction.contractId, probe: answer.probe }];
}
