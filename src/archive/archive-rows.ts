import { bid, contractItem, publicContract } from '../esi/schema.ts';
import type { Bid, ContractItem, PublicContract } from '../model.ts';
import type { Field } from './csv-rows.ts';

/** A contract as an archive tells it. */
export interface ArchivedContract extends PublicContract {
  readonly regionId: number;
  /** Last-Modified of ESI's listing that showed it. */
  readonly lastModified: Date;
}

/** Of what each row is useless without them. */
export const NEEDED_COLUMNS = {
  contracts: [
    ...['contract_id', 'region_id', 'type', 'issuer_id', 'issuer_corporation_id'],
    ...['date_issued', 'date_expired', 'http_last_modified'],
  ],
  items: ['contract_id', 'record_id', 'type_id', 'quantity', 'is_included'],
  bids: ['contract_id', 'bid_id', 'amount', 'date_bid', 'http_last_modified'],
} as const;

/** Times of listings by their texts: thousands of contracts share one. */
export type ListingTimes = Map<string, Date>;

/** A row that cannot be read is undefined: it costs its contract, not the archive. */
export function toContract(field: Field, times: ListingTimes): ArchivedContract | undefined {
  const { success, data } = publicContract.safeParse({
    contract_id: numberIn(field('contract_id')),
    type: textIn(field('type')),
    issuer_id: numberIn(field('issuer_id')),
    issuer_corporation_id: numberIn(field('issuer_corporation_id')),
    for_corporation: booleanIn(field('for_corporation')),
    // ESI sends a title always, and mostly an empty one.
    title: field('title'),
    price: numberIn(field('price')),
    reward: numberIn(field('reward')),
    collateral: numberIn(field('collateral')),
    buyout: numberIn(field('buyout')),
    volume: numberIn(field('volume')),
    days_to_complete: numberIn(field('days_to_complete')),
    start_location_id: numberIn(field('start_location_id')),
    end_location_id: numberIn(field('end_location_id')),
    date_issued: field('date_issued'),
    date_expired: field('date_expired'),
  });
  const regionId = numberIn(field('region_id'));
  const lastModified = timeIn(field('http_last_modified'), times);
  if (!success || !isId(regionId) || Number.isNaN(lastModified.getTime())) return undefined;
  return { ...data, regionId, lastModified };
}

function timeIn(text: string, times: ListingTimes): Date {
  const time = times.get(text) ?? new Date(text);
  times.set(text, time);
  return time;
}

/** The contract that an item or a bid is of; undefined where that cannot be read. */
export function ownerOf(field: Field): number | undefined {
  const contractId = numberIn(field('contract_id'));
  return isId(contractId) ? contractId : undefined;
}

/** An item; undefined where the row cannot be read. */
export function toItem(field: Field): ContractItem | undefined {
  return contractItem.safeParse({
    record_id: numberIn(field('record_id')),
    type_id: numberIn(field('type_id')),
    quantity: numberIn(field('quantity')),
    is_included: booleanIn(field('is_included')),
    is_blueprint_copy: booleanIn(field('is_blueprint_copy')),
    item_id: numberIn(field('item_id')),
    runs: numberIn(field('runs')),
    material_efficiency: numberIn(field('material_efficiency')),
    time_efficiency: numberIn(field('time_efficiency')),
  }).data;
}

/** A bid, and when ESI told it. */
export interface ArchivedBid {
  readonly bid: Bid;
  readonly seenAt: Date;
}

/** A bid; undefined where the row cannot be read. */
export function toBid(field: Field): ArchivedBid | undefined {
  const { success, data } = bid.safeParse({
    bid_id: numberIn(field('bid_id')),
    amount: numberIn(field('amount')),
    date_bid: field('date_bid'),
  });
  const seenAt = new Date(field('http_last_modified'));
  if (!success || Number.isNaN(seenAt.getTime())) return undefined;
  return { bid: data, seenAt };
}

/** Empty where ESI sent none. What is no number at all is NaN, which no field may be. */
function numberIn(text: string): number | undefined {
  return text === '' ? undefined : Number(text);
}

function textIn(text: string): string | undefined {
  return text === '' ? undefined : text;
}

/** `true`, else empty or `false`; anything else is told by what it is not. */
function booleanIn(text: string): boolean | string {
  if (text === 'true') return true;
  return text === '' || text === 'false' ? false : text;
}

function isId(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
