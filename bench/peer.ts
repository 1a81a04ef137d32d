import pg from 'pg';
import type { EsiContract, EsiItem } from '../fixtures/local-esi/universe.ts';
import { BareEsi, hasItems, inParallel } from './readers.ts';
import { reportUsage } from './usage.ts';

const BATCH_ROWS = 1000;

/**
 * What a competent reader without types, classification or validation does: undici, and upserts
 * by unnest, one array a column, region by region.
 */
async function peer(esiUrl: string, databaseUrl: string): Promise<void> {
  const esi = new BareEsi(esiUrl);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  for (const regionId of await esi.regionIds()) {
    const listed = await esi.listing(regionId);
    for (const batch of batches(listed))
      await database.query(UPSERT_CONTRACTS, contractColumns(batch, regionId));
    let waiting: (EsiItem & { contract_id: number })[] = [];
    await inParallel(listed.filter(hasItems), async ({ contract_id }) => {
      for (const item of await esi.items(contract_id)) waiting.push({ ...item, contract_id });
      if (waiting.length < BATCH_ROWS) return;
      const batch = waiting;
      waiting = [];
      await database.query(UPSERT_ITEMS, itemColumns(batch));
    });
    await database.query(UPSERT_ITEMS, itemColumns(waiting));
  }
  await database.end();
  await esi.close();
}

const UPSERT_CONTRACTS = `
INSERT INTO contracts (contract_id, region_id, type, title, price, reward, collateral, buyout, volume,
  issuer_id, issuer_corporation_id, start_location_id, end_location_id, date_issued, date_expired,
  first_seen_at, items_status)
SELECT *, now(), 'pending' FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::numeric[],
  $6::numeric[], $7::numeric[], $8::numeric[], $9::float8[], $10::bigint[], $11::bigint[],
  $12::bigint[], $13::bigint[], $14::timestamptz[], $15::timestamptz[])
ON CONFLICT (contract_id) DO UPDATE SET price = excluded.price, title = excluded.title,
  date_expired = excluded.date_expired`;

const UPSERT_ITEMS = `
INSERT INTO contract_items (contract_id, record_id, type_id, quantity, is_included, is_blueprint_copy,
  item_id, runs, material_efficiency, time_efficiency)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::bool[], $6::bool[],
  $7::bigint[], $8::int[], $9::int[], $10::int[])
ON CONFLICT (contract_id, record_id) DO NOTHING`;

function contractColumns(rows: readonly EsiContract[], regionId: number): unknown[][] {
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

function itemColumns(rows: readonly (EsiItem & { contract_id: number })[]): unknown[][] {
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

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    yield rows.slice(start, start + BATCH_ROWS);
  }
}

const [esiUrl = '', databaseUrl = ''] = process.argv.slice(2);
await reportUsage(() => peer(esiUrl, databaseUrl));
