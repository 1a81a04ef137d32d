import { parseArgs } from 'node:util';
import pg from 'pg';
import { systemClock } from '../src/clock.ts';
import { migrate, readMigrations } from '../src/database/open/migrations.ts';
import { openServerDatabase } from '../src/database/open/server.ts';

/** Contracts of one statement. */
const SLICE = 100_000;
const OUTSTANDING_SHARE = 40;

/**
 * Of each number g a contract, the newest numbers outstanding. 1,000 types of which 50 are hulls, 114
 * regions, 500 stations; a third sells a ship.
 */
const CONTRACTS = `
INSERT INTO contracts (contract_id, region_id, type, title, price, volume, issuer_id,
  issuer_corporation_id, start_location_id, date_issued, date_expired, status, first_seen_at,
  closed_at, items_status, items_fetched_at, is_ship_contract, ship_reason,
  contains_additional_items, ship_type_id, quantity)
SELECT g, 10000001 + g % 114,
  (ARRAY['item_exchange', 'item_exchange', 'item_exchange', 'auction', 'courier'])[1 + g % 5],
  CASE WHEN g % 3 = 0 THEN 'Title of ' || g END, (hashint8(g)::bigint + 2147483648) * 2.37,
  g % 100000, 90000000 + g % 20000, 98000000 + g % 3000, 60000000 + g % 500,
  now() - (least($3 - g, 1000000) || ' s')::interval,
  now() + ((86400 * 14 - ($3 - g) % 1000000) || ' s')::interval,
  CASE WHEN g > $3 - $3 / ${OUTSTANDING_SHARE} THEN 'outstanding' WHEN g % 4 = 0 THEN 'expired' ELSE 'closed' END,
  now() - (($3 - g) * 10 || ' s')::interval,
  CASE WHEN g <= $3 - $3 / ${OUTSTANDING_SHARE} THEN now() - (($3 - g) * 9 || ' s')::interval END,
  'fetched', now(), g % 5 < 3 AND g % 2 = 0,
  CASE WHEN g % 5 < 3 AND g % 2 = 0 THEN 'ship_with_extras' ELSE 'no_ship' END, true,
  CASE WHEN g % 5 < 3 AND g % 2 = 0 THEN 600 + (g / 2) % 50 END,
  CASE WHEN g % 5 < 3 AND g % 2 = 0 THEN 1 END
FROM generate_series($1::bigint, $2::bigint) AS g`;

/** Seven items each, the first a hull where the contract sells one. */
const ITEMS = `
INSERT INTO contract_items (contract_id, record_id, type_id, quantity, is_included)
SELECT contract_id, contract_id * 10 + n,
  CASE WHEN n = 0 AND is_ship_contract THEN ship_type_id
    ELSE 1000 + (contract_id * 7 + n * 13) % 950 END, 1 + n, true
FROM contracts, generate_series(0, 6) AS n WHERE contract_id BETWEEN $1 AND $2`;

const TYPES = `
INSERT INTO esi_type_cache (type_id, name, group_id, category_id, published, last_refreshed_at, is_ship)
SELECT id, 'Type ' || id, CASE WHEN id < 650 THEN 25 ELSE 18 END,
  CASE WHEN id < 650 THEN 6 ELSE 4 END, true, now(), id < 650
FROM generate_series(600, 1949) AS id WHERE id < 650 OR id >= 1000`;

const REGIONS = `
INSERT INTO regions (region_id, name, snapshot_last_modified, listed_contracts, capped, checked_at)
SELECT id, 'Region ' || id, now(), 400, false, now() FROM generate_series(10000001, 10000114) AS id`;

/** Fills an empty database, given by its URL, by SQL alone: to see how readers fare in a large one. */
async function fill(url: string, contracts: number): Promise<void> {
  const database = openServerDatabase(url, {
    clock: systemClock,
    connections: 1,
    answerTimeoutMs: 0,
  });
  await migrate(database.transact, await readMigrations());
  await database.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(REGIONS);
    await client.query(TYPES);
    for (let first = 1; first <= contracts; first += SLICE) {
      const last = Math.min(contracts, first + SLICE - 1);
      await client.query(CONTRACTS, [first, last, contracts]);
      await client.query(ITEMS, [first, last]);
      process.stdout.write(`${last} contracts\n`);
    }
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { contracts: { type: 'string', default: '2000000' } },
});
const [url] = positionals;
if (url === undefined) throw new Error('usage: tsx bench/fill.ts <URL of an empty database>');
await fill(url, Number(values.contracts));
