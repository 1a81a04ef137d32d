import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { insertItems } from '../../src/database/tables/contract-items.ts';
import { insertContracts } from '../../src/database/tables/contracts.ts';
import { upsertTypes, waitingHistory } from '../../src/database/tables/types.ts';
import { reclassifyHistory, reclassifyOutstanding } from '../../src/pass/reclassify.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { FIRST_SEEN, itemRow, newContract, SHIP } from '../database/tables/rows.ts';
import { recordLog } from '../support/recorded-log.ts';
import { onEachDatabase } from '../support/use-database.ts';

const GILA = 17_715;
const OUTSTANDING = 1;
const ENDED = 2;
const REOPENED = 3;

/** Three ships by a list of groups that has none any more; the second and third have ended. */
async function store(database: Database): Promise<void> {
  const type = { lastRefreshedAt: FIRST_SEEN, refreshError: null, isShip: true };
  await upsertTypes(database, [{ ...type, typeId: GILA }]);
  const ids = [OUTSTANDING, ENDED, REOPENED];
  await insertContracts(
    database,
    ids.map((contractId) => newContract({ ...SHIP, contractId, itemsStatus: 'fetched' })),
  );
  const items = [itemRow({ typeId: GILA })];
  await insertItems(
    database,
    ids.map((contractId) => ({ contractId, items })),
  );
  await setStatus(database, 'closed', ENDED, REOPENED);
}

async function setStatus(database: Database, status: string, ...ids: number[]): Promise<void> {
  await database.execute(
    `UPDATE contracts SET status = $1, closed_at = now() WHERE contract_id IN (${ids})`,
    status,
  );
}

async function ships(database: Database): Promise<number[]> {
  const rows = await database.query<{ id: number }>(
    'SELECT contract_id::integer AS id FROM contracts WHERE is_ship_contract ORDER BY contract_id',
  );
  return rows.map(({ id }) => id);
}

function partsOf(database: Database, options: { msPerLook?: number; isOutOfTime?: boolean } = {}) {
  const { msPerLook = 0, isOutOfTime = false } = options;
  let nowMs = 0;
  const clock = {
    now: () => new Date(),
    monotonicMs: () => {
      nowMs += msPerLook;
      return nowMs;
    },
  };
  return {
    store: { read: database, write: database.transact, runNumber: 1 },
    types: { resolve: async () => {}, isResolved: () => true, isShip: () => false },
    report: new RunReport(),
    clock,
    signal: new AbortController().signal,
    timeIsUp: isOutOfTime ? AbortSignal.abort() : new AbortController().signal,
    batchRows: 1,
    logger: recordLog().logger,
  };
}

function reclassifies(database: () => Database): void {
  test('outstanding contracts come first, and what has ended after them', async () => {
    await store(database());
    const parts = partsOf(database());

    await reclassifyOutstanding(parts);
    expect(await ships(database())).toEqual([ENDED, REOPENED]);
    await reclassifyHistory(parts);

    expect(await ships(database())).toEqual([]);
    expect((await waitingHistory(database())).types).toEqual([]);
  });

  test('the past has its time in a run, and the next run goes on', async () => {
    await store(database());
    await reclassifyOutstanding(partsOf(database()));

    await reclassifyHistory(partsOf(database(), { msPerLook: 30_000 }));
    expect((await waitingHistory(database())).types).toEqual([{ typeId: GILA, historyAfter: 0 }]);
    await reclassifyHistory(partsOf(database()));

    expect(await ships(database())).toEqual([]);
  });

  test('a contract that is reopened before the past has had its turn is not forgotten', async () => {
    await store(database());
    await reclassifyOutstanding(partsOf(database()));
    await setStatus(database(), 'outstanding', REOPENED);

    await reclassifyHistory(partsOf(database()));

    expect(await ships(database())).toEqual([]);
  });

  test('a run that is out of time does nothing and says so; a stopped one ends', async () => {
    await store(database());
    const late = partsOf(database(), { isOutOfTime: true });
    await reclassifyOutstanding(late);
    expect(late.report.ranOutOfTime).toBe(true);
    expect(await ships(database())).toHaveLength(3);

    const stopped = { ...partsOf(database()), signal: AbortSignal.abort(new Error('stopped')) };
    await expect(reclassifyOutstanding(stopped)).rejects.toThrow('stopped');
  });
}

onEachDatabase('reclassifying', (database) => {
  describe('contracts that are stored', () => reclassifies(database));
});
