import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  countByRegion,
  countTypes,
  lastGoodRunAt,
  lastRuns,
} from '../../../src/database/queries/status-queries.ts';
import { insertContracts } from '../../../src/database/tables/contracts.ts';
import { beginRun, finishRun } from '../../../src/database/tables/runs.ts';
import { upsertTypes } from '../../../src/database/tables/types.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, FIRST_SEEN, LATER, newContract, RUN, SHIP, THE_FORGE } from '../tables/rows.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 8, 8, 12, minute));

/** A run from one minute to another. */
async function recordRun(database: Database, from: number, to: number, outcome: string) {
  const runId = randomUUID();
  await beginRun(database.transact, runId, at(from));
  const end = {
    finishedAt: at(to).toISOString(),
    outcome,
    exitCode: outcome === 'complete' ? 0 : 1,
  };
  await finishRun(database, { runId, ...end });
  return runId;
}

function findsTheLastGoodRun(database: () => Database): void {
  test('the last good run is the last complete one', async () => {
    await recordRun(database(), 0, 1, 'complete');
    await recordRun(database(), 10, 11, 'complete');
    await recordRun(database(), 20, 21, 'partial');
    await beginRun(database().transact, randomUUID(), at(30));
    expect(await lastGoodRunAt(database(), at(59))).toEqual(at(11));
  });

  test('a run that ends in the future proves nothing, unless by a little', async () => {
    await recordRun(database(), 0, 1, 'complete');
    await recordRun(database(), 10, 30, 'complete');
    expect(await lastGoodRunAt(database(), at(24))).toEqual(at(1));
    expect(await lastGoodRunAt(database(), at(26))).toEqual(at(30));
  });

  test('without a complete run there is no good one', async () => {
    expect(await lastRuns(database(), 5)).toEqual([]);
    expect(await lastGoodRunAt(database(), at(59))).toBeUndefined();
    await recordRun(database(), 0, 1, 'failed');
    expect(await lastGoodRunAt(database(), at(59))).toBeUndefined();
  });
}

onEachDatabase('what `status` asks', (database) => {
  findsTheLastGoodRun(database);

  test('the last runs come first, as many as asked for, without their summaries', async () => {
    await recordRun(database(), 0, 1, 'complete');
    const second = await recordRun(database(), 10, 11, 'partial');
    const third = randomUUID();
    await beginRun(database().transact, third, at(20));
    expect(await lastRuns(database(), 2)).toEqual([
      {
        runId: third,
        number: 3,
        startedAt: at(20),
        finishedAt: null,
        outcome: null,
        exitCode: null,
      },
      {
        runId: second,
        number: 2,
        startedAt: at(10),
        finishedAt: at(11),
        outcome: 'partial',
        exitCode: 1,
      },
    ]);
  });

  test('only outstanding contracts are counted, by region', async () => {
    await insertContracts(database(), [
      newContract({ contractId: 1 }),
      newContract({ contractId: 2, itemsStatus: 'unavailable' }),
      newContract({ ...SHIP, contractId: 3 }),
      newContract({ ...SHIP, contractId: 4 }),
      newContract({ contractId: 5 }),
      newContract({ ...SHIP, contractId: 6, regionId: DOMAIN }),
    ]);
    const vanished = [4, 5].map((contractId) => ({ contractId, status: 'closed' as const }));
    await endContracts(database(), THE_FORGE, vanished, LATER, RUN);
    const nothing = { outstanding: 1, shipContracts: 0, pendingItems: 0, unavailableItems: 0 };
    expect(await countByRegion(database())).toEqual([
      {
        regionId: THE_FORGE,
        outstanding: 3,
        shipContracts: 1,
        pendingItems: 1,
        unavailableItems: 1,
      },
      { ...nothing, regionId: DOMAIN, shipContracts: 1 },
    ]);
  });

  test('types that are old and those that went wrong are counted', async () => {
    const known = { isShip: false, lastRefreshedAt: FIRST_SEEN, refreshError: 'unknown' };
    await upsertTypes(database(), [
      { typeId: 1, ...known },
      { typeId: 2, ...known, refreshError: null },
      { typeId: 3, ...known, lastRefreshedAt: LATER },
    ]);
    const counts = { types: 3, typesWithErrors: 2 };
    expect(await countTypes(database(), LATER)).toEqual({ ...counts, typesToRefresh: 2 });
    expect(await countTypes(database(), FIRST_SEEN)).toEqual({ ...counts, typesToRefresh: 0 });
  });

  test('an empty database counts nothing', async () => {
    expect(await countByRegion(database())).toEqual([]);
    expect(await countTypes(database(), LATER)).toEqual({
      types: 0,
      typesToRefresh: 0,
      typesWithErrors: 0,
    });
  });
});
