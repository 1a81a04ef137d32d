import pg from 'pg';
import type { EsiContract, EsiItem } from '../../fixtures/local-esi/universe.ts';
import { BareReader } from './bare-reader.ts';
import { hasItems, inParallel, readPages } from './reader.ts';
import { reportUsage } from './report-usage.ts';
import {
  contractColumns,
  itemColumns,
  type StoredItem,
  UPSERT_CONTRACTS,
  UPSERT_ITEMS,
} from './unnest.ts';

const BATCH_ROWS = 1000;

/**
 * A better reader than the peer: rows of many contracts share an upsert of 1000, and a contract's
 * rows may be split over two. No types, no classification, no validation either.
 */
async function batchedPeer(esiUrl: string, databaseUrl: string): Promise<void> {
  const esi = new BareReader(esiUrl);
  const database = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  const { data: regionIds } = await esi.get<number[]>('/universe/regions');
  for (const regionId of regionIds) {
    const listed = await readPages<EsiContract>(esi, `/contracts/public/${regionId}`);
    for (const batch of batches(listed)) {
      await database.query(UPSERT_CONTRACTS, contractColumns(batch, regionId));
    }
    let waiting: StoredItem[] = [];
    await inParallel(listed.filter(hasItems), async ({ contract_id }) => {
      const items = await readPages<EsiItem>(esi, `/contracts/public/items/${contract_id}`);
      for (const item of items) waiting.push({ ...item, contract_id });
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

function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    yield rows.slice(start, start + BATCH_ROWS);
  }
}

await reportUsage(batchedPeer);
