import type { EsiContract, EsiItem, Universe } from '../../fixtures/local-esi/universe.ts';
import type { Row } from './run-tables.ts';

/** A contract as ESI has shown it. */
export interface KnownContract {
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

/** Tells the items that are of a ship group. @param shipGroupIds default: the published groups of category 6 */
export function shipTest(
  { groups, types }: Universe,
  shipGroupIds?: readonly number[],
): (item: EsiItem) => boolean {
  const published = [...groups.values()].filter(
    (group) => group.category_id === SHIP_CATEGORY_ID && group.published,
  );
  const shipGroups = new Set(shipGroupIds ?? published.map((group) => group.group_id));
  return (item) => shipGroups.has(types.get(item.type_id)?.group_id ?? 0);
}

/** The columns that the truth knows, dates and money in one form. */
export function listedPart(row: Row): Row {
  const { first_seen_at: _, closed_at: __, items_fetched_at: fetchedAt, ...rest } = row;
  const { items_attempts: ___, items_retry_at: ____, ...listed } = rest;
  const { listed_in: _____, changed_in: ______, is_baseline: _______, ...ofContract } = listed;
  const { last_listed_at: _1, ended_after: _2, ended_before: _3, ...ofEnd } = ofContract;
  const { outcome: _4, outcome_confidence: _5, outcome_price: _6, ...verdict } = ofEnd;
  const { outcome_evidence: _7, successor_id: _8, source: _9, ...columns } = verdict;
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

/** What is stored of a contract (SPEC §4 and §5), without what only the run knows. */
export function contractRow(
  known: KnownContract,
  now: Date,
  isShip: (item: EsiItem) => boolean,
): Row {
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

export function itemRows(contractId: number, { items }: KnownContract): Row[] {
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

function cents(isk: unknown): number | null {
  return isk === null || isk === undefined ? null : Math.round(Number(isk) * 100);
}

function isoTime(text: unknown): string {
  return new Date(String(text)).toISOString();
}
