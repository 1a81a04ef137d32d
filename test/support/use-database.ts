import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { DatabaseKind, TestDatabase } from './databases.ts';

const EMPTY_ALL_TABLES =
  'TRUNCATE contracts, contract_items, esi_type_cache, regions, aggregation_runs';

/** One migrated database for a whole suite, empty at the start of each test. */
export function useDatabase(kind: DatabaseKind): () => Database {
  let current: TestDatabase | undefined;
  const get = () => {
    if (current === undefined) throw new Error('there is a database only while tests run');
    return current.database;
  };
  beforeAll(async () => {
    current = await kind.create();
  });
  beforeEach(async () => {
    await get().execute(EMPTY_ALL_TABLES);
  });
  afterAll(async () => {
    await current?.remove();
  });
  return get;
}
