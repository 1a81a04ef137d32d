import { type RegionState, saveRegions, standingsOf } from '../database/tables/region-store.ts';
import { isFatal, reasonOf } from '../errors.ts';
import { aggregateRegion } from './aggregate-region.ts';
import { Batcher } from './batcher.ts';
import { forEachConcurrently } from './concurrency.ts';
import {
  type AggregationParts,
  MAX_ITEMS_ATTEMPTS,
  stopIfFatal,
  type TypedParts,
} from './parts.ts';

/** Unchanged regions whose rows are written in one statement. */
const REGIONS_AT_ONCE = 50;

/**
 * One pass over the regions, several at once. A region that fails is reported, and the others go
 * on; a database that fails, a lost lock or a signal ends the pass.
 *
 * @throws DatabaseError, LockLostError, or the reason of the signal
 */
export async function aggregate(regions: readonly RegionState[], parts: TypedParts): Promise<void> {
  const { database, transact, clock, progress, regionConcurrency, report } = parts;
  report.regions.total = regions.length;
  const standings = await standingsOf(database, clock.now(), MAX_ITEMS_ATTEMPTS);
  const unchangedRegions = new Batcher<RegionState>(
    REGIONS_AT_ONCE,
    () => 1,
    (batch) =>
      stopIfFatal(
        transact((sql) => saveRegions(sql, batch)),
        parts,
      ),
  );
  const withStandings = { ...parts, standings, unchangedRegions };
  progress.start(regions.length);
  try {
    await forEachConcurrently(largestFirst(regions), regionConcurrency, (region) =>
      isolated(region, withStandings),
    );
    await unchangedRegions.finish();
  } finally {
    await unchangedRegions.settled();
  }
}

/** A large region that is begun last would be at work alone in the end. */
function largestFirst(regions: readonly RegionState[]): RegionState[] {
  return regions.toSorted((one, other) => other.listedContracts - one.listedContracts);
}

async function isolated(region: RegionState, parts: AggregationParts): Promise<void> {
  const { report, logger, progress, signal, timeIsUp } = parts;
  const { regionId } = region;
  signal.throwIfAborted();
  if (timeIsUp.aborted) {
    report.ranOutOfTime = true;
    return;
  }
  try {
    await aggregateRegion(region, parts);
    report.regions.succeeded += 1;
    logger.debug({ regionId }, 'region done');
  } catch (error) {
    signal.throwIfAborted();
    if (isFatal(error)) {
      parts.stop(error);
      throw error;
    }
    report.regions.failed += 1;
    report.fail({ regionId, message: reasonOf(error) });
    logger.error({ regionId, error }, 'region failed; the pass goes on');
  } finally {
    progress.regionDone(regionId);
  }
}
