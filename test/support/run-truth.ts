import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { EsiContract, EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';
import type { Row, Tables } from './run-tables.ts';

export interface TruthOptions {
  /** Only these regions; what the others hold is not looked at. */
  readonly regionIds?: readonly number[];
  /** Contracts that the test looks at itself. */
  readonly except?: Iterable<number>;
  /** Groups that count as ships. @default the published groups of category 6 */
  readonly shipGroupIds?: readonly number[];
}

interface KnownContract {
  readonly regionId: number;
  readonly wire: EsiContract;
  readonly items: readonly EsiItem[];
  readonly isListed: boolean;
}

const SHIP_CATEGORY_ID = 6;
const NOTHING_SOLD = {
  ship_type_id: null,
  quantity: null,
  is_blueprint_copy: null,
  runs: null,
  material_efficiency: null,
  time_efficiency: null,
};

/**
 * What the tables should hold, worked out from the universe and SPEC §5 alone. It remembers what
 * was listed before, so that contracts that left are expected to stay.
 */
export class Truth {
  readonly #universe: Universe;
  readonly #known = new Map<number, KnownContract>();
  readonly #firstSeen = new Map<number, unknown>();
  readonly #closed = new Map<number, unknown>();

  constructor(universe: Universe) {
    this.#universe = universe;
  }

  /** Compares every row of contracts and items with what ESI lists now. */
  async expect(tables: Tables, now: Date, options: TruthOptions = {}): Promise<void> {
    this.#observe(options.regionIds ?? [...this.#universe.regions.keys()]);
    const expected = this.#chosen(options);
    const ids = new Set(expected.map(([contractId]) => contractId));
    const stored = await tables.readAll('contracts', 'contract_items');
    const isChosen = (row: Row) => this.#isChosen(row, options);
    const contracts = stored.contracts.filter(isChosen);
    const items = stored.contract_items.filter((row) => ids.has(Number(row['contract_id'])));
    const isShip = this.#shipTest(options);
    expectSame(
      contracts.map(listedPart),
      expected.map(([, known]) => contractRow(known, now, isShip)),
    );
    expectSame(
      items,
      expected.flatMap(([id, known]) => itemRows(id, known)),
    );
    for (const row of contracts) this.#checkTimes(row);
  }

  #observe(regionIds: readonly number[]): void {
    for (const [contractId, known] of this.#known) {
      if (regionIds.includes(known.regionId)) {
        this.#known.set(contractId, { ...known, isListed: false });
      }
    }
    for (const regionId of regionIds) {
      for (const wire of this.#universe.contracts.get(regionId) ?? []) this.#see(regionId, wire);
    }
  }

  #see(regionId: number, wire: EsiContract): void {
    const before = this.#known.get(wire.contract_id);
    const { date_issued, date_expired } = before?.wire ?? wire;
    // The dates of an auction are blurred and drift: the first seen stay.
    const dates = wire.type === 'auction' ? { date_issued, date_expired } : {};
    const items = this.#universe.items.get(wire.contract_id) ?? before?.items ?? [];
    const known = { regionId, wire: { ...wire, ...dates }, items: [...items], isListed: true };
    this.#known.set(wire.contract_id, known);
  }

  #chosen({ regionIds, except = [] }: TruthOptions): [number, KnownContract][] {
    const left = new Set(except);
    return [...this.#known].filter(
      ([contractId, known]) =>
        !left.has(contractId) && (regionIds?.includes(known.regionId) ?? true),
    );
  }

  #isChosen(row: Row, { regionIds, except = [] }: TruthOptions): boolean {
    const isInRegion = regionIds?.includes(Number(row['region_id'])) ?? true;
    return isInRegion && !new Set(except).has(Number(row['contract_id']));
  }

  #shipTest({ shipGroupIds }: TruthOptions): (item: EsiItem) => boolean {
    const { groups, types } = this.#universe;
    const published = [...groups.values()].filter(
      (group) => group.category_id === SHIP_CATEGORY_ID && group.published,
    );
    const shipGroups = new Set(shipGroupIds ?? published.map((group) => group.group_id));
    return (item) => shipGroups.has(types.get(item.type_id)?.group_id ?? 0);
  }

  /** `first_seen_at` never changes; `closed_at` is set once, and only on what is closed. */
  #checkTimes(row: Row): void {
    const contractId = Number(row['contract_id']);
    const { first_seen_at: firstSeenAt, closed_at: closedAt } = row;
    const isOpen = row['status'] === 'outstanding';
    const expected = {
      contractId,
      firstSeenAt: this.#firstSeen.get(contractId) ?? firstSeenAt,
      closedAt: isOpen ? null : (this.#closed.get(contractId) ?? closedAt ?? 'a time'),
    };
    const actual = { contractId, firstSeenAt, closedAt };
    if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
    this.#firstSeen.set(contractId, firstSeenAt);
    if (isOpen) this.#closed.delete(contractId);
    else this.#closed.set(contractId, closedAt);
  }
}

/** The columns that the truth knows, dates and money in one form. */
function listedPart(row: Row): Row {
  const { first_seen_at: _, closed_at: __, items_fetched_at: fetchedAt, ...rest } = row;
  const { items_attempts: ___, items_retry_at: ____, ...columns } = rest;
  return {
    ...columns,
    hasFetchTime: fetchedAt !== null,
    date_issued: isoTime(row['date_issued']),
    date_expired: isoTime(row['date_expired']),
    price: cents(row['price']),
    reward: cents(row['reward']),
    collateral: cents(row['collateral']),
    buyout: cents(row['buyout']),
  };
}

function contractRow(known: KnownContract, now: Date, isShip: (item: EsiItem) => boolean): Row {
  const { regionId, wire, items, isListed } = known;
  const hasItems = wire.type === 'item_exchange' || wire.type === 'auction';
  const isOver = Date.parse(wire.date_expired) <= now.getTime();
  return {
    contract_id: wire.contract_id,
    region_id: regionId,
    type: wire.type,
    title: wire.title ?? null,
    price: cents(wire.price),
    reward: cents(wire.reward),
    collateral: cents(wire.collateral),
    buyout: cents(wire.buyout),
    volume: wire.volume ?? null,
    days_to_complete: wire.days_to_complete ?? null,
    issuer_id: wire.issuer_id,
    issuer_corporation_id: wire.issuer_corporation_id,
    for_corporation: wire.for_corporation ?? false,
    start_location_id: wire.start_location_id ?? null,
    end_location_id: wire.end_location_id ?? null,
    date_issued: isoTime(wire.date_issued),
    date_expired: isoTime(wire.date_expired),
    status: isListed ? 'outstanding' : isOver ? 'expired' : 'closed',
    items_status: hasItems ? 'fetched' : 'none',
    hasFetchTime: hasItems,
    ...flags(wire.type, items, isShip),
  };
}

/** SPEC §5.1 and §5.2 in plain words. */
function flags(type: string, items: readonly EsiItem[], isShip: (item: EsiItem) => boolean): Row {
  const offered = items.filter((item) => item.is_included && isShip(item));
  const wanted = items.filter((item) => !item.is_included && isShip(item));
  const asksForGoods = items.some((item) => !item.is_included);
  let reason = 'no_ship';
  if (type !== 'item_exchange') reason = 'not_item_exchange';
  else if (offered.length > 1) reason = 'several_ships';
  else if (offered.length === 1 && asksForGoods) reason = 'ship_for_goods';
  else if (offered.length === 1 && items.length > 1) reason = 'ship_with_extras';
  else if (offered.length === 1) reason = 'single_ship';
  else if (wanted.length > 0) reason = 'ship_wanted';
  const sold = type === 'item_exchange' && offered.length === 1 ? offered[0] : undefined;
  return {
    is_ship_contract: sold !== undefined,
    ship_reason: reason,
    contains_additional_items: items.length > 1,
    requests_items: asksForGoods,
    ...(sold === undefined ? NOTHING_SOLD : { ship_type_id: sold.type_id, ...itemPart(sold) }),
  };
}

function itemRows(contractId: number, { items }: KnownContract): Row[] {
  return items.map((item) => ({
    contract_id: contractId,
    record_id: item.record_id,
    type_id: item.type_id,
    is_included: item.is_included,
    item_id: item.item_id ?? null,
    ...itemPart(item),
  }));
}

function itemPart(item: EsiItem): Row {
  return {
    quantity: item.quantity,
    is_blueprint_copy: item.is_blueprint_copy ?? false,
    runs: item.runs ?? null,
    material_efficiency: item.material_efficiency ?? null,
    time_efficiency: item.time_efficiency ?? null,
  };
}

/** As `toEqual` would, but tells only what differs. */
function expectSame(stored: readonly Row[], expected: readonly Row[]): void {
  const actual = byId(stored);
  const wanted = byId(expected);
  const surplus = [...actual.keys()].filter((id) => !wanted.has(id));
  const missing = [...wanted.keys()].filter((id) => !actual.has(id));
  expect({ surplus, missing }).toEqual({ surplus: [], missing: [] });
  // Faster than an expectation for each of so many rows.
  const differs = ([id, row]: [string, Row]) => !isDeepStrictEqual(actual.get(id), row);
  const [id, row] = [...wanted].find(differs) ?? [];
  if (id !== undefined) expect(actual.get(id)).toEqual(row);
}

function byId(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [`${row['contract_id']}/${row['record_id'] ?? ''}`, row]));
}

function cents(isk: unknown): number | null {
  return isk === null || isk === undefined ? null : Math.round(Number(isk) * 100);
}

function isoTime(text: unknown): string {
  return new Date(String(text)).toISOString();
}
