import type { EsiContract, EsiItem } from '../../fixtures/local-esi/universe.ts';

/** A row of items knows its contract. */
export type StoredItem = EsiItem & { readonly contract_id: number };

/** Contracts of one region, one array a column. */
export const UPSERT_CONTRACTS = `
INSERT INTO contracts (contract_id, region_id, type, title, price, reward, collateral, buyout, volume,
  issuer_id, issuer_corporation_id, start_location_id, end_location_id, date_issued, date_expired,
  first_seen_at, items_status)
SELECT *, now(), 'pending' FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::numeric[],
  $6::numeric[], $7::numeric[], $8::numeric[], $9::float8[], $10::bigint[], $11::bigint[],
  $12::bigint[], $13::bigint[], $14::timestamptz[], $15::timestamptz[])
ON CONFLICT (contract_id) DO UPDATE SET price = excluded.price, title = excluded.title,
  date_expired = excluded.date_expired`;

/** Items with the ids of their contracts, one array a column. */
export const UPSERT_ITEMS = `
INSERT INTO contract_items (contract_id, record_id, type_id, quantity, is_included, is_blueprint_copy,
  item_id, runs, material_efficiency, time_efficiency)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::bool[], $6::bool[],
  $7::bigint[], $8::int[], $9::int[], $10::int[])
ON CONFLICT (contract_id, record_id) DO NOTHING`;

/** One array a column, in the order of UPSERT_CONTRACTS. */
export function contractColumns(rows: readonly EsiContract[], regionId: number): unknown[][] {
  return [
    rows.map((row) => row.contract_id),
    rows.map(() => regionId),
    rows.map((row) => row.type),
    rows.map((row) => row.title),
    rows.map((row) => row.price),
    rows.map((row) => row.reward),
    rows.map((row) => row.collateral),
    rows.map((row) => row.buyout),
    rows.map((row) => row.volume),
    rows.map((row) => row.issuer_id),
    rows.map((row) => row.issuer_corporation_id),
    rows.map((row) => row.start_location_id),
    rows.map((row) => row.end_location_id),
    rows.map((row) => row.date_issued),
    rows.map((row) => row.date_expired),
  ];
}

/** One array a column, in the order of UPSERT_ITEMS. */
export function itemColumns(rows: readonly StoredItem[]): unknown[][] {
  return [
    rows.map((row) => row.contract_id),
    rows.map((row) => row.record_id),
    rows.map((row) => row.type_id),
    rows.map((row) => row.quantity),
    rows.map((row) => row.is_included),
    rows.map((row) => row.is_blueprint_copy ?? false),
    rows.map((row) => row.item_id),
    rows.map((row) => row.runs),
    rows.map((row) => row.material_efficiency),
    rows.map((row) => row.time_efficiency),
  ];
}
