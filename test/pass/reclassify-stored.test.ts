import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { insertContracts, insertItems } from '../../src/database/tables/contract-store.ts';
import { upsertTypes } from '../../src/database/tables/type-store.ts';
import type { EsiClient } from '../../src/esi/client.ts';
import type { AggregationParts } from '../../src/pass/parts.ts';
import { reclassify } from '../../src/pass/reclassify.ts';
import { CategoryIndex } from '../../src/pass/types/category-index.ts';
import { TypeCache } from '../../src/pass/types/type-cache.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { ALONE } from '../../src/sharding/claims.ts';
import { FIRST_SEEN, itemRow, newContract, SHIP, storedContract } from '../database/tables/rows.ts';
import { ManualClock } from '../esi/manual-clock.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onEachDatabase } from '../support/use-database.ts';

const [KNOWN, NEW] = [587, 638];
const [FRIGATE, BATTLESHIP] = [25, 27];
const CONTRACT = 200_000_001;

/** A run that knew one type when it began; nothing is left to ask ESI for. */
function partsOf(database: Database, shipGroupIds: readonly number[]): AggregationParts {
  const esi = {
    itemType: () => Promise.reject(new Error('ESI was asked')),
  } as unknown as EsiClient;
  const { transact } = database;
  const { logger } = recordLog();
  const clock = new ManualClock(FIRST_SEEN);
  const common = { esi, database, transact, claims: ALONE, clock, report: new RunReport() };
  const typeCache = new TypeCache(
    { ...common, categories: new CategoryIndex(esi, []), shipGroupIds: new Set(shipGroupIds) },
    [{ typeId: KNOWN, groupId: FRIGATE, categoryId: 6, isShip: true }],
  );
  return { ...common, typeCache, logger, batchRows: 100 } as unknown as AggregationParts;
}

async function store(database: Database, ...typeIds: readonly number[]): Promise<void> {
  const groups = new Map([
    [KNOWN, FRIGATE],
    [NEW, BATTLESHIP],
  ]);
  const state = { lastRefreshedAt: FIRST_SEEN, refreshError: null, isShip: true };
  const types = [KNOWN, NEW].map((typeId) => ({
    ...state,
    typeId,
    groupId: groups.get(typeId) ?? 0,
  }));
  await upsertTypes(database, types);
  await insertContracts(database, [newContract({ ...SHIP, contractId: CONTRACT })]);
  const items = typeIds.map((typeId, index) => itemRow({ typeId, recordId: index + 1 }));
  await insertItems(database, [{ contractId: CONTRACT, items }]);
}

onEachDatabase('contracts that another shard has stored since the run began', (database) => {
  test('stay as they are classified, with types that the run did not know', async () => {
    await store(database(), NEW);
    const before = await storedContract(database(), CONTRACT);
    await reclassify(partsOf(database(), [FRIGATE, BATTLESHIP]));
    expect(await storedContract(database(), CONTRACT)).toEqual(before);
    expect(before).toMatchObject({ is_ship_contract: true, ship_reason: 'ship_with_extras' });
  });

  test('are classified again by all of their types, those of others too', async () => {
    await store(database(), KNOWN, NEW);
    await reclassify(partsOf(database(), [BATTLESHIP]));
    expect(await storedContract(database(), CONTRACT)).toMatchObject({
      is_ship_contract: true,
      ship_type_id: NEW,
      ship_reason: 'ship_with_extras',
    });
  });
});
