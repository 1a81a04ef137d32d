import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { EsiDownError, EsiError } from '../errors.ts';
import type { Bid, ContractItem, ItemType } from '../model.ts';
import { CONTRACT_BIDS } from './bids.ts';
import { ConditionalGet } from './cache/conditional-get.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import {
  type DatedAnswer,
  type ListAnswer,
  readContractList,
  readListIfNew,
} from './contract-list.ts';
import type { Http } from './http/http.ts';
import type { Expected } from './http/response-shape.ts';
import { CONTRACT_ITEMS, type ItemsProbe, probeItems } from './items.ts';
import type { Governor } from './limits/governor.ts';
import type { Wait } from './limits/wait.ts';
import {
  ListingReader,
  type ListingSnapshot,
  type StoredSnapshots,
  type UnchangedListing,
} from './listing.ts';
import * as schema from './schema.ts';

/** Static routes expire daily at 11:05 UTC (ESI's specification). */
const STATIC_LIFE_SECONDS = 24 * 3600;
/** POST /universe/names takes 1 to 1000 ids. */
export const NAMES_AT_ONCE = 1000;
/** Names are not worth more of the error budget. */
const MAX_NAMES_FAILED = 3;

/** ESI's share of the run summary. */
export interface EsiCounters {
  readonly requests: number;
  readonly cacheFresh: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  readonly retries: number;
  readonly errors: number;
  readonly waitedMs: number;
}

export interface Group {
  readonly groupId: number;
  readonly name: string | null;
  readonly categoryId: number;
  readonly published: boolean;
}

export interface Category {
  readonly categoryId: number;
  readonly name: string | null;
  readonly published: boolean | null;
  readonly groupIds: readonly number[];
}

/** What an id is called, and what it is: `character`, `corporation`, `alliance` … */
export type NamedId = z.output<typeof schema.names>[number];
export type Station = z.output<typeof schema.station>;
export type SolarSystem = z.output<typeof schema.system>;
export type Stargate = z.output<typeof schema.stargate>;
export type Constellation = z.output<typeof schema.constellation>;

export interface EsiClientParts {
  readonly http: Http;
  readonly governor: Governor;
  readonly cache: ResponseCache;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * The ESI routes that the program uses, typed. Every method throws EsiError when ESI gives no
 * usable answer after all retries, and EsiDownError when it has only failed for a while.
 */
export class EsiClient {
  readonly #parts: EsiClientParts;
  readonly #conditional: ConditionalGet;
  readonly #listings: ListingReader;

  constructor(parts: EsiClientParts) {
    this.#parts = parts;
    const { http, cache, clock, signal } = parts;
    this.#conditional = new ConditionalGet(http, cache, clock);
    this.#listings = new ListingReader(this.#conditional, http.waits, clock, signal);
  }

  counters(): EsiCounters {
    const { fresh, hits, misses } = this.#conditional.counters;
    return {
      ...this.#parts.http.counters,
      cacheFresh: fresh,
      cacheHits: hits,
      cacheMisses: misses,
      waitedMs: this.#parts.governor.waitedMs,
    };
  }

  /** What everything waits for just now; undefined while something goes on. */
  get wait(): Wait | undefined {
    const { governor, http } = this.#parts;
    if (governor.wait !== undefined || !governor.isIdle) return governor.wait;
    return http.waits.next;
  }

  /** One snapshot of a region's public contracts, or the news that the stored one still holds. */
  publicContracts(
    regionId: number,
    stored?: StoredSnapshots,
  ): Promise<ListingSnapshot | UnchangedListing> {
    return this.#listings.read(regionId, stored);
  }

  contractItems(contractId: number): Promise<ListAnswer<ContractItem>> {
    const { http, clock } = this.#parts;
    return readContractList(http, clock, CONTRACT_ITEMS, contractId);
  }

  /** Bids on an auction. @param etag of the answer before: nothing is sent again that did not change */
  contractBids(contractId: number, etag: string | null): Promise<DatedAnswer<Bid>> {
    const { http, clock } = this.#parts;
    return readListIfNew(http, clock, CONTRACT_BIDS, contractId, etag);
  }

  /**
   * What ESI says of a contract that has ended. Most answers count as errors.
   *
   * @throws EsiError for every status but 200, 204, 403 and 404, at once
   */
  probeItems(contractId: number): Promise<ItemsProbe> {
    return probeItems(this.#parts.http, this.#parts.clock, contractId);
  }

  /** Errors that ESI allows in this minute still: 100 at most, shared by all behind the address. */
  get errorsLeft(): number {
    return this.#parts.governor.errorsLeft;
  }

  /** Undefined when ESI does not know the type. */
  itemType(typeId: number): Promise<ItemType | undefined> {
    const type = about(schema.itemType, 'typeId', typeId);
    return this.#known(`/universe/types/${typeId}`, 'universe/types', type);
  }

  /** Ids of every region. */
  regionIds(): Promise<readonly number[]> {
    return this.#static('/universe/regions', schema.idArray, arrayOf);
  }

  /** Ids of every category. */
  categoryIds(): Promise<readonly number[]> {
    return this.#static('/universe/categories', schema.idArray, arrayOf);
  }

  category(categoryId: number): Promise<Category> {
    const category = about(schema.category, 'categoryId', categoryId);
    return this.#static(`/universe/categories/${categoryId}`, category);
  }

  group(groupId: number): Promise<Group> {
    const group = about(schema.group, 'groupId', groupId);
    return this.#static(`/universe/groups/${groupId}`, group);
  }

  /** Undefined when ESI does not know the station. */
  station(stationId: number): Promise<Station | undefined> {
    const station = about(schema.station, 'stationId', stationId);
    return this.#known(`/universe/stations/${stationId}`, 'universe/stations', station);
  }

  /** Undefined when ESI does not know the system. */
  system(systemId: number): Promise<SolarSystem | undefined> {
    const system = about(schema.system, 'systemId', systemId);
    return this.#known(`/universe/systems/${systemId}`, 'universe/systems', system);
  }

  /** Undefined when ESI does not know the stargate. */
  stargate(stargateId: number): Promise<Stargate | undefined> {
    const stargate = about(schema.stargate, 'stargateId', stargateId);
    return this.#known(`/universe/stargates/${stargateId}`, 'universe/stargates', stargate);
  }

  /** Undefined when ESI does not know the constellation. */
  constellation(constellationId: number): Promise<Constellation | undefined> {
    const constellation = about(schema.constellation, 'constellationId', constellationId);
    const path = `/universe/constellations/${constellationId}`;
    return this.#known(path, 'universe/constellations', constellation);
  }

  /**
   * What ids are called.
   *
   * @param ids 1 to 1,000, each once
   * @returns undefined when ESI does not know one of them: it answers 404 for all then (FACTS §4)
   */
  async names(ids: readonly number[]): Promise<readonly NamedId[] | undefined> {
    const path = '/universe/names';
    const request = { path, route: 'universe/names', body: ids, accept: [404] };
    const { status, data } = await this.#parts.http.send({ ...request, ...arrayOf(schema.names) });
    return status === 404 ? undefined : parse(schema.names, data, path);
  }

  /**
   * Names of regions by id, as far as ESI tells them; never an error. One request for all; region
   * by region when ESI refuses the batch, as it does for one bad id among a thousand.
   */
  async regionNames(regionIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = await unlessEsiFails(() => this.#names(regionIds));
    return names ?? this.#namesOneByOne(regionIds);
  }

  async #names(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const path = '/universe/names';
    const names = new Map<number, string>();
    for (let start = 0; start < ids.length; start += NAMES_AT_ONCE) {
      const body = ids.slice(start, start + NAMES_AT_ONCE);
      const request = { path, route: 'universe/names', body, ...arrayOf(schema.names) };
      const { data } = await this.#parts.http.send(request);
      const asked = new Set(body);
      for (const { id, name } of parse(schema.names, data, path)) {
        if (asked.has(id)) names.set(id, name);
      }
    }
    return names;
  }

  async #namesOneByOne(regionIds: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    let failures = 0;
    for (const regionId of regionIds) {
      const path = `/universe/regions/${regionId}`;
      const body = about(schema.region, 'regionId', regionId);
      const region = await unlessEsiFails(() => this.#static(path, body));
      if (region !== undefined) names.set(regionId, region.name);
      else failures += 1;
      if (failures === MAX_NAMES_FAILED) break;
    }
    return names;
  }

  /** Undefined when ESI answers 404. */
  async #known<S extends z.ZodType>(
    path: string,
    route: string,
    body: S,
  ): Promise<z.output<S> | undefined> {
    const request = { path, route, accept: [404], ...objectOf(body) };
    const { status, data } = await this.#parts.http.send(request);
    return status === 404 ? undefined : parse(body, data, path);
  }

  async #static<S extends z.ZodType>(
    path: string,
    body: S,
    expectedOf = objectOf,
  ): Promise<z.output<S>> {
    const route = path.replace(/^\/|\/\d+$/g, '');
    const request = { path, route, maxLifeSeconds: STATIC_LIFE_SECONDS, ...expectedOf(body) };
    const answer = await this.#conditional.get(request);
    return parse(body, (await answer.body()).data, path);
  }
}

/** For what the program can do without. */
export async function unlessEsiFails<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EsiError || error instanceof EsiDownError) return undefined;
    throw error;
  }
}

/** A cache of ESI that mixes up its answers must not mix up ours. */
function about<T, K extends keyof T>(bodySchema: z.ZodType<T>, key: K, id: T[K]) {
  return bodySchema.refine((body) => body[key] === id, `another ${String(key)} than asked for`);
}

function objectOf(bodySchema: z.ZodType): Expected {
  return { shape: 'object', check: (json) => findFaults(bodySchema, json) };
}

function arrayOf(bodySchema: z.ZodType): Expected {
  return { shape: 'array', check: (json) => findFaults(bodySchema, json) };
}

function findFaults(bodySchema: z.ZodType, json: unknown): string | undefined {
  const { error } = bodySchema.safeParse(json);
  return error && z.prettifyError(error);
}

function parse<S extends z.ZodType>(bodySchema: S, data: unknown, path: string): z.output<S> {
  const result = bodySchema.safeParse(data);
  if (result.success) return result.data;
  throw new EsiError(`${path}: ${z.prettifyError(result.error)}`, { status: 200 });
}
