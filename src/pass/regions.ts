import { standingsOf } from '../database/tables/contract-results.ts';
import { type RegionState, saveRegions } from '../database/tables/regions.ts';
import { OpenFilesError, OutOfTimeError, reasonOf } from '../errors.ts';
import { aggregateRegion, type RegionParts } from './aggregate-region.ts';
import { Batcher } from './batcher.ts';
import { forEachConcurrently } from './concurrency.ts';
import { MAX_ITEMS_ATTEMPTS } from './fetch-items.ts';

export interface RegionsParts extends Omit<RegionParts, 'standings' | 'unchangedRegions'> {
  readonly regionConcurrency: number;
  /** Aborted when the run has to stop: signal received, lock lost, database gone. */
  readonly signal: AbortSignal;
}

/** Unchanged regions whose rows are written in one statement. */
const REGIONS_AT_ONCE = 50;

/**
 * One pass over the regions, several at once. A region that fails is reported, and the others go
 * on; a database that fails, a lost lock or a signal ends the pass.
 *
 * @throws DatabaseError, LockLostError, OpenFilesError, or the reason of the signal
 */
export async function aggregateRegions(
  regions: readonly RegionState[],
  parts: RegionsParts,
): Promise<void> {
  const { store, clock, progress, regionConcurrency, report } = parts;
  report.regions.total = regions.length;
  const standings = await standingsOf(store.read, clock.now(), MAX_ITEMS_ATTEMPTS);
  const unchangedRegions = new Batcher<RegionState>(
    REGIONS_AT_ONCE,
    () => 1,
    async (batch) => {
      await store.write((sql) => saveRegions(sql, batch));
    },
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

async function isolated(region: RegionState, parts: RegionsParts & RegionParts): Promise<void> {
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
    if (error instanceof OpenFilesError) throw error;
    if (error instanceof OutOfTimeError) {
      report.ranOutOfTime = true;
      return;
    }
    report.regions.failed += 1;
    report.fail({ regionId, message: reasonOf(error) });
    logger.error({ regionId, error }, 'region failed; the pass goes on');
  } finally {
    progress.regionDone(regionId);
  }
}
