import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { lastGoodRunAt, lastRuns } from '../../../src/database/queries/status-queries.ts';
import { closeContracts, insertContracts } from '../../../src/database/tables/contract-store.ts';
import { findRegions, saveRegions } from '../../../src/database/tables/region-store.ts';
import { beginRun, finishRun } from '../../../src/database/tables/run-store.ts';
import { onServer } from '../../support/use-database.ts';
import { FIRST_SEEN, LATER, newContract, THE_FORGE } from '../tables/rows.ts';

const SET_ZONE = `
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET timezone TO ''Asia/Tokyo''', current_database());
END $$`;

/** A database whose sessions begin in Tokyo. */
async function openInTokyo(open: () => Database): Promise<Database> {
  const administrator = open();
  await administrator.execute(SET_ZONE);
  await migrate(administrator.transact, await readMigrations());
  return open();
}

/** The moment itself, whatever zone it would be printed in. */
async function epochMs(database: Database, column: string, table: string): Promise<unknown[]> {
  const rows = await database.query<{ at: number | null }>(
    `SELECT (extract(epoch FROM ${column}) * 1000)::double precision AS at FROM ${table}`,
  );
  return rows.map(({ at }) => at);
}

onServer('a database whose zone is Asia/Tokyo', (open) => {
  test('a time that is sent is the same moment there, and comes back as that', async () => {
    const database = await openInTokyo(open);
    const [row] = await database.query<{ sent: number; read: string }>(
      `SELECT (extract(epoch FROM $1::timestamptz) * 1000)::double precision AS sent,
         to_timestamp($2::double precision) AS read`,
      LATER,
      LATER.getTime() / 1000,
    );
    expect(row?.sent).toBe(LATER.getTime());
    expect(new Date(row?.read ?? '')).toEqual(LATER);
  });

  test('a region comes back as it was saved', async () => {
    const database = await openInTokyo(open);
    const region = {
      regionId: THE_FORGE,
      name: 'The Forge',
      snapshotLastModified: FIRST_SEEN,
      listedContracts: 1,
      capped: false,
      checkedAt: LATER,
      heldBackLastModified: null,
    };
    await saveRegions(database, [region]);
    expect(await findRegions(database)).toEqual([region]);
    expect(await epochMs(database, 'snapshot_last_modified', 'regions')).toEqual([
      FIRST_SEEN.getTime(),
    ]);
    expect(await epochMs(database, 'checked_at', 'regions')).toEqual([LATER.getTime()]);
  });

  test('a contract is closed at the time that it was', async () => {
    const database = await openInTokyo(open);
    await insertContracts(database, [newContract({ contractId: 1 })]);
    await closeContracts(database, THE_FORGE, [{ contractId: 1, status: 'closed' }], LATER);
    expect(await epochMs(database, 'first_seen_at', 'contracts')).toEqual([FIRST_SEEN.getTime()]);
    expect(await epochMs(database, 'closed_at', 'contracts')).toEqual([LATER.getTime()]);
  });

  test('a run has begun and ended when it did', async () => {
    const database = await openInTokyo(open);
    const runId = randomUUID();
    await beginRun(database.transact, runId, FIRST_SEEN);
    const end = { outcome: 'complete', exitCode: 0, finishedAt: LATER.toISOString() };
    await finishRun(database, { runId, ...end });
    expect(await lastRuns(database, 1)).toEqual([
      {
        runId,
        startedAt: FIRST_SEEN,
        outcome: 'complete',
        exitCode: 0,
        finishedAt: LATER,
      },
    ]);
    expect(await lastGoodRunAt(database, LATER)).toEqual(LATER);
    expect(await epochMs(database, 'started_at', 'aggregation_runs')).toEqual([
      FIRST_SEEN.getTime(),
    ]);
    expect(await epochMs(database, 'finished_at', 'aggregation_runs')).toEqual([LATER.getTime()]);
  });
});
