import { z } from 'zod';
import type { Bid, ContractItem, ItemType, PublicContract } from '../model.ts';

/** numeric(20,2) holds less than this. */
const ISK_LIMIT = 1e18;
const MAX_INTEGER = 2_147_483_647;
/** Years whose ISO text PostgreSQL reads: four digits, and no year 0. */
const MIN_YEAR = 1;
const MAX_YEAR = 9999;

const id = z.number().int().positive();
const integerId = id.max(MAX_INTEGER);
const integer = z.number().int().min(-MAX_INTEGER).max(MAX_INTEGER);
const isk = z.number().gt(-ISK_LIMIT).lt(ISK_LIMIT);
const double = z.number();
const dateTime = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine((date) => date.getUTCFullYear() >= MIN_YEAR && date.getUTCFullYear() <= MAX_YEAR);
const text = z.string().transform(storableText);

/** What PostgreSQL cannot hold is taken out: NUL is dropped, a lone surrogate becomes U+FFFD. */
export function storableText(value: string): string {
  return value.replaceAll('\0', '').toWellFormed();
}

/** GET /contracts/public/{region_id}: one element. Optional fields are absent when falsy. */
export const publicContract = z
  .object({
    contract_id: id,
    type: text,
    issuer_id: id,
    issuer_corporation_id: id,
    for_corporation: z.boolean().nullish(),
    title: text.nullish(),
    price: isk.nullish(),
    reward: isk.nullish(),
    collateral: isk.nullish(),
    buyout: isk.nullish(),
    volume: double.nullish(),
    days_to_complete: integer.nullish(),
    start_location_id: id.nullish(),
    end_location_id: id.nullish(),
    date_issued: dateTime,
    date_expired: dateTime,
  })
  .transform(
    (wire): PublicContract => ({
      contractId: wire.contract_id,
      type: wire.type,
      issuerId: wire.issuer_id,
      issuerCorporationId: wire.issuer_corporation_id,
      forCorporation: wire.for_corporation ?? false,
      title: wire.title ?? null,
      price: wire.price ?? null,
      reward: wire.reward ?? null,
      collateral: wire.collateral ?? null,
      buyout: wire.buyout ?? null,
      volume: wire.volume ?? null,
      daysToComplete: wire.days_to_complete ?? null,
      startLocationId: wire.start_location_id ?? null,
      endLocationId: wire.end_location_id ?? null,
      dateIssued: wire.date_issued,
      dateExpired: wire.date_expired,
    }),
  );

/** GET /contracts/public/items/{contract_id}: one element. */
export const contractItem = z
  .object({
    record_id: id,
    type_id: integerId,
    quantity: id,
    is_included: z.boolean(),
    is_blueprint_copy: z.boolean().nullish(),
    item_id: id.nullish(),
    runs: integer.nullish(),
    material_efficiency: integer.nullish(),
    time_efficiency: integer.nullish(),
  })
  .transform(
    (wire): ContractItem => ({
      recordId: wire.record_id,
      typeId: wire.type_id,
      quantity: wire.quantity,
      isIncluded: wire.is_included,
      isBlueprintCopy: wire.is_blueprint_copy ?? false,
      itemId: wire.item_id ?? null,
      runs: wire.runs ?? null,
      materialEfficiency: wire.material_efficiency ?? null,
      timeEfficiency: wire.time_efficiency ?? null,
    }),
  );

/** GET /contracts/public/bids/{contract_id}: one element. */
export const bid = z
  .object({ bid_id: id, amount: isk, date_bid: dateTime })
  .transform((wire): Bid => ({ bidId: wire.bid_id, amount: wire.amount, dateBid: wire.date_bid }));

/** GET /universe/types/{type_id}. The category is not in the answer. */
export const itemType = z
  .object({
    type_id: integerId,
    name: text,
    group_id: integer,
    published: z.boolean(),
    volume: double.nullish(),
    packaged_volume: double.nullish(),
    market_group_id: integer.nullish(),
  })
  .transform(
    (wire): ItemType => ({
      typeId: wire.type_id,
      name: wire.name,
      groupId: wire.group_id,
      categoryId: null,
      published: wire.published,
      volume: wire.volume ?? null,
      packagedVolume: wire.packaged_volume ?? null,
      marketGroupId: wire.market_group_id ?? null,
    }),
  );

/** GET /universe/groups/{group_id}. */
export const group = z
  .object({
    group_id: integer,
    name: text.nullish(),
    category_id: integer,
    published: z.boolean(),
  })
  .transform((wire) => ({
    groupId: wire.group_id,
    name: wire.name ?? null,
    categoryId: wire.category_id,
    published: wire.published,
  }));

/** GET /universe/categories/{category_id}. */
export const category = z
  .object({
    category_id: integer,
    name: text.nullish(),
    published: z.boolean().nullish(),
    groups: z.array(integer),
  })
  .transform((wire) => ({
    categoryId: wire.category_id,
    name: wire.name ?? null,
    published: wire.published ?? null,
    groupIds: wire.groups,
  }));

/** GET /universe/regions and GET /universe/categories. There have always been some. */
export const idArray = z.array(integer).min(1);

/** GET /universe/regions/{region_id}. */
export const region = z
  .object({ region_id: integerId, name: text })
  .transform((wire) => ({ regionId: wire.region_id, name: wire.name }));

/** GET /universe/constellations/{constellation_id}. */
export const constellation = z
  .object({ constellation_id: integerId, name: text, region_id: integerId })
  .transform((wire) => ({
    constellationId: wire.constellation_id,
    name: wire.name,
    regionId: wire.region_id,
  }));

/** GET /universe/systems/{system_id}. The region is not in the answer. */
export const system = z
  .object({
    system_id: integerId,
    name: text,
    constellation_id: integerId,
    security_status: z.number().min(-1).max(1),
    stargates: z.array(id).nullish(),
  })
  .transform((wire) => ({
    systemId: wire.system_id,
    name: wire.name,
    constellationId: wire.constellation_id,
    securityStatus: wire.security_status,
    stargateIds: wire.stargates ?? [],
  }));

/** GET /universe/stargates/{stargate_id}. */
export const stargate = z
  .object({
    stargate_id: id,
    system_id: integerId,
    destination: z.object({ system_id: integerId }),
  })
  .transform((wire) => ({
    stargateId: wire.stargate_id,
    systemId: wire.system_id,
    destinationSystemId: wire.destination.system_id,
  }));

/** GET /universe/stations/{station_id}. */
export const station = z
  .object({ station_id: id, name: text, system_id: integerId, type_id: integerId })
  .transform((wire) => ({
    stationId: wire.station_id,
    name: wire.name,
    systemId: wire.system_id,
    typeId: wire.type_id,
  }));

/** POST /universe/names. */
export const names = z.array(
  z
    .object({ id, name: text, category: text.nullish() })
    .transform(({ category, ...named }) => ({ ...named, category: category ?? null })),
);

/** The id of a listed contract, whatever its other fields; undefined when there is none. */
export function readContractId(element: unknown): number | undefined {
  if (typeof element !== 'object' || element === null || !('contract_id' in element)) {
    return undefined;
  }
  const { contract_id: contractId } = element;
  const isId = typeof contractId === 'number' && Number.isSafeInteger(contractId) && contractId > 0;
  return isId ? contractId : undefined;
}
