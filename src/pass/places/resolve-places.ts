import pMap from 'p-map';
import type { Clock } from '../../clock.ts';
import {
  type ConstellationFacts,
  countPlaceless,
  knownSystemIds,
  type LocationFacts,
  type Refreshed,
  regionsOfConstellations,
  type SystemFacts,
  type SystemJump,
  saveConstellations,
  saveJumps,
  saveLocations,
  saveSystems,
  unknownLocationIds,
} from '../../database/tables/places.ts';
import type { EsiClient } from '../../esi/client.ts';
import type { RunReport } from '../../report/run-report.ts';
import type { RequestBudget } from '../request-budget.ts';
import type { Store } from '../store.ts';
import { kindOf, systemIn } from './location-kinds.ts';

export interface PlacingParts {
  readonly store: Store;
  readonly esi: Pick<EsiClient, 'station' | 'system' | 'stargate' | 'constellation'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly report: Pick<RunReport, 'places'>;
}

/** Locations that are looked at in one run; there are about 6,000 in all. */
const LOCATIONS_AT_ONCE = 10_000;
const ASKED_AT_ONCE = 8;

type Found = readonly (LocationFacts & Refreshed)[];

/**
 * Stores the places of outstanding contracts that are not stored yet. Stations, systems with their
 * stargates, and constellations that the program does not know are asked of ESI, once each; structures
 * of players are asked of nobody.
 *
 * @throws EsiError, EsiDownError, OutOfTimeError
 */
export async function resolvePlaces(parts: PlacingParts, budget: RequestBudget): Promise<void> {
  const { store, report } = parts;
  const ids = await unknownLocationIds(store.read, LOCATIONS_AT_ONCE);
  try {
    if (ids.length > 0) await place(ids, new Gazetteer(parts, budget), parts);
  } finally {
    report.places.missing = await countPlaceless(store.read);
  }
}

async function place(
  ids: readonly number[],
  gazetteer: Gazetteer,
  { store, report }: PlacingParts,
): Promise<void> {
  const withoutQuestion = ids.filter((id) => kindOf(id) !== 'station').map(unaskedLocation);
  const stations = ids.filter((id) => kindOf(id) === 'station');
  const locations = [...withoutQuestion, ...(await gazetteer.stations(stations))];
  const systemIds = locations.flatMap(({ systemId }) => systemId ?? []);
  const { systems, constellations, jumps } = await gazetteer.systems(systemIds);
  await store.write(async (sql) => {
    await saveConstellations(sql, constellations);
    await saveSystems(sql, systems);
    await saveJumps(sql, jumps);
    await saveLocations(sql, locations);
  });
  report.places.resolved += locations.filter(({ systemId }) => systemId !== null).length;
  gazetteer.throwFailure();
}

/** A structure, or a place in space. */
function unaskedLocation(locationId: number): Found[number] {
  return {
    locationId,
    kind: kindOf(locationId),
    name: null,
    systemId: systemIn(locationId),
    typeId: null,
    lastRefreshedAt: null,
    refreshError: null,
  };
}

/** What one run asks of places. A failure ends the asking, and is thrown when the rest is stored. */
class Gazetteer {
  readonly #parts: PlacingParts;
  readonly #budget: RequestBudget;
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: PlacingParts, budget: RequestBudget) {
    this.#parts = parts;
    this.#budget = budget;
  }

  /** What could be asked of the stations. */
  stations(ids: readonly number[]): Promise<Found> {
    return this.#each(ids, async (locationId) => {
      const station = await this.#parts.esi.station(locationId);
      const { name = null, systemId = null, typeId = null } = station ?? {};
      const refreshed = this.#refreshed(station, 'station');
      return { locationId, kind: 'station' as const, name, systemId, typeId, ...refreshed };
    });
  }

  /** Those of the systems that are not stored, their stargates, and their constellations. */
  async systems(ids: readonly number[]) {
    const known = await knownSystemIds(this.#parts.store.read, ids);
    const unknown = [...new Set(ids)].filter((id) => !known.has(id));
    const told = await this.#each(unknown, async (systemId) => {
      const system = await this.#parts.esi.system(systemId);
      const { name = null, constellationId = null, securityStatus = null } = system ?? {};
      const refreshed = this.#refreshed(system, 'system');
      const { stargateIds = [] } = system ?? {};
      return { systemId, name, constellationId, securityStatus, stargateIds, ...refreshed };
    });
    const constellationIds = told.flatMap(({ constellationId }) => constellationId ?? []);
    const { regions, constellations } = await this.#constellations(constellationIds);
    const jumps = await this.#jumps(told.flatMap(({ stargateIds }) => stargateIds));
    const systems: (SystemFacts & Refreshed)[] = told.map(({ stargateIds: _, ...system }) => ({
      ...system,
      regionId:
        system.constellationId === null ? null : (regions.get(system.constellationId) ?? null),
    }));
    return { systems, constellations, jumps };
  }

  /** Each gate has its other end, which leads back. */
  async #jumps(stargateIds: readonly number[]): Promise<readonly SystemJump[]> {
    const gates = await this.#each(stargateIds, (id) => this.#parts.esi.stargate(id));
    return gates.flatMap(({ systemId: here, destinationSystemId: there }) => [
      { fromSystemId: here, toSystemId: there },
      { fromSystemId: there, toSystemId: here },
    ]);
  }

  async #constellations(ids: readonly number[]) {
    const stored = await regionsOfConstellations(this.#parts.store.read, ids);
    const unknown = [...new Set(ids)].filter((id) => !stored.has(id));
    const constellations: readonly (ConstellationFacts & Refreshed)[] = await this.#each(
      unknown,
      async (constellationId) => {
        const told = await this.#parts.esi.constellation(constellationId);
        const { name = null, regionId = null } = told ?? {};
        return { constellationId, name, regionId, ...this.#refreshed(told, 'constellation') };
      },
    );
    const regions = new Map(stored);
    for (const { constellationId, regionId } of constellations)
      regions.set(constellationId, regionId);
    return { regions, constellations };
  }

  /** @throws what ended the asking, if something did */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #refreshed(told: object | undefined, what: string): Refreshed {
    const refreshError = told === undefined ? `ESI does not know this ${what} (404)` : null;
    return { lastRefreshedAt: this.#parts.clock.now(), refreshError };
  }

  /** Asks of each, as far as requests and ESI last. */
  async #each<Row>(
    ids: readonly number[],
    ask: (id: number) => Promise<Row | undefined>,
  ): Promise<readonly Row[]> {
    const askOne = async (id: number) => {
      if (this.#failure !== undefined || !this.#budget.take()) return undefined;
      try {
        return await ask(id);
      } catch (error) {
        this.#failure = { error };
        return undefined;
      }
    };
    const rows = await pMap(ids, askOne, { concurrency: ASKED_AT_ONCE });
    return rows.filter((row) => row !== undefined);
  }
}
