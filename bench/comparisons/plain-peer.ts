import pg from 'pg';
import type { EsiContract, EsiItem } from '../../fixtures/local-esi/universe.ts';
import { hasItems, IN_FLIGHT, inParallel, readPages } from './reader.ts';
import { reportUsage } from './report-usage.ts';
import { RequestReader } from './request-reader.ts';
import { contractColumns, itemColumns, UPSERT_CONTRACTS, UPSERT_ITEMS } from './unnest.ts';

// Named, so that the server plans them once a connection: with that, this reader takes as many times
// the floor as the peer of the issue did (4.9); without it, 7 times.
const CONTRACTS = { name: 'upsert-contracts', text: UPSERT_CONTRACTS };
const ITEMS = { name: 'upsert-items', text: UPSERT_ITEMS };

/**
 * The peer's kind of reader: undici's `request`, region by region, 32 contracts in flight, each
 * contract with its items in a transaction of its own, upserted by unnest. No types, no
 * classification, no validation.
 */
async function plainPeer(esiUrl: string, databaseUrl: string): Promise<void> {
  const esi = new RequestReader(esiUrl);
  const database = new pg.Pool({ connectionString: databaseUrl, max: IN_FLIGHT });
  const { data: regionIds } = await esi.get<number[]>('/universe/regions');
  for (const regionId of regionIds) {
    const listed = await readPages<EsiContract>(esi, `/contracts/public/${regionId}`);
    await inParallel(listed, async (contract) => {
      const path = `/contracts/public/items/${contract.contract_id}`;
      const items = hasItems(contract) ? await readPages<EsiItem>(esi, path) : [];
      await store(database, regionId, contract, items);
    });
  }
  await database.end();
  await esi.close();
}

async function store(
  database: pg.Pool,
  regionId: number,
  contract: EsiContract,
  items: readonly EsiItem[],
): Promise<void> {
  const client = await database.connect();
  const rows = items.map((item) => ({ ...item, contract_id: contract.contract_id }));
  await client.query('BEGIN');
  await client.query({ ...CONTRACTS, values: contractColumns([contract], regionId) });
  if (rows.length > 0) await client.query({ ...ITEMS, values: itemColumns(rows) });
  await client.query('COMMIT');
  client.release();
}

await reportUsage(plainPeer);
