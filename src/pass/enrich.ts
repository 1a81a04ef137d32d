import { countNameless } from '../database/tables/names.ts';
import { countPlaceless } from '../database/tables/places.ts';
import { wasNothingMissing } from '../database/tables/runs.ts';
import { EsiDownError, EsiError, OutOfTimeError } from '../errors.ts';
import type { RunReport } from '../report/run-report.ts';
import type { Logger } from '../terminal/logging.ts';
import { type NamingParts, refreshNames, resolveNames } from './names/resolve-names.ts';
import { routeCouriers } from './places/courier-routes.ts';
import { type PlacingParts, resolvePlaces } from './places/resolve-places.ts';
import { RequestBudget } from './request-budget.ts';
import { type GroupsParts, refreshGroups } from './types/refresh-groups.ts';

/** What names and places are brought up to date with. */
export interface EnrichParts extends NamingParts, Omit<PlacingParts, 'esi'> {
  readonly esi: NamingParts['esi'] & PlacingParts['esi'] & GroupsParts['esi'];
  readonly report: RunReport;
  readonly logger: Logger;
  /** Aborted when the time limit has come. */
  readonly timeIsUp: AbortSignal;
}

/** The settings of it. */
export interface EnrichSettings {
  readonly ENRICH_LIMIT: number;
  readonly TYPE_REFRESH_DAYS: number;
  readonly TYPE_REFRESH_LIMIT: number;
}

/**
 * Names and places of what is stored. The contracts are complete without them, so that no trouble
 * with ESI here is a failure of the run: what is missing is asked for by the next.
 *
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function enrich(parts: EnrichParts, settings: EnrichSettings): Promise<void> {
  const { ENRICH_LIMIT, TYPE_REFRESH_DAYS, TYPE_REFRESH_LIMIT } = settings;
  const budget = new RequestBudget(ENRICH_LIMIT);
  const missing = [
    () => resolvePlaces(parts, budget),
    () => routeCouriers(parts.store),
    () => resolveNames(parts, budget),
  ];
  const stages = [
    ...((await isAllKnown(parts)) ? [] : missing),
    () => refreshNames(parts, budget, TYPE_REFRESH_DAYS),
    () => refreshGroups(parts, TYPE_REFRESH_DAYS, Math.min(TYPE_REFRESH_LIMIT, budget.left)),
  ];
  for (const stage of stages) {
    if (!parts.timeIsUp.aborted) await unlessEsiIsInTrouble(stage, parts.logger);
  }
  if (parts.timeIsUp.aborted) await countMissing(parts);
}

/** What there was no time for is not there. */
async function countMissing({ store, report }: EnrichParts): Promise<void> {
  report.names.missing = await countNameless(store.read);
  report.places.missing = await countPlaceless(store.read);
}

/** Where no contract changed, the run before has already looked. */
async function isAllKnown({ store, report }: EnrichParts): Promise<boolean> {
  const { inserted, updated, reopened } = report.contracts;
  return inserted + updated + reopened === 0 && (await wasNothingMissing(store.read));
}

async function unlessEsiIsInTrouble(stage: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await stage();
  } catch (error) {
    if (error instanceof OutOfTimeError) return;
    if (!(error instanceof EsiError) && !(error instanceof EsiDownError)) throw error;
    logger.warn({ error }, 'names or places cannot be had now; the next run asks for them');
  }
}
