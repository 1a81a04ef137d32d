import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { lastGoodRunAt, lastRuns } from '../../../src/database/queries/status-queries.ts';
import { findRegions } from '../../../src/database/tables/regions.ts';
import { beginRun } from '../../../src/database/tables/runs.ts';
import { onEachEmptyDatabase } from '../../support/use-database.ts';
import { columnsOf } from '../information-schema.ts';
import { FIRST_SEEN, LATER, storedContract, THE_FORGE } from '../tables/rows.ts';

const MIGRATIONS = await readMigrations();
/** The first migration that takes columns away. */
const FIRST_DROP = MIGRATIONS.findIndex(({ sql }) => sql.includes('DROP COLUMN'));
const COMPLETE_RUN = `
INSERT INTO aggregation_runs (run_id, started_at, finished_at, outcome, exit_code)
VALUES ($1::uuid, $2, $3, 'complete', 0)`;
const OPEN_RUN = 'INSERT INTO aggregation_runs (run_id, started_at) VALUES ($1::uuid, $2)';

const CONTRACT = `
INSERT INTO contracts (contract_id, region_id, type, issuer_id, issuer_corporation_id, date_issued,
  date_expired, first_seen_at, items_status)
VALUES (1, ${THE_FORGE}, 'courier', 2, 3, $1, $1, $1, 'none')`;

const STORED_REGION = `
INSERT INTO regions (region_id, name, snapshot_last_modified, listed_contracts, checked_at)
VALUES (${THE_FORGE}, 'The Forge', $1, 1, $2)`;

const REGION = {
  regionId: THE_FORGE,
  name: 'The Forge',
  snapshotLastModified: FIRST_SEEN,
  listedContracts: 1,
  capped: false,
  checkedAt: LATER,
  heldBackLastModified: null,
};

/** The columns of two tables that a later migration takes away, as `table.column`. */
async function fillDroppedColumns(database: Database): Promise<string[]> {
  const sql = MIGRATIONS.slice(FIRST_DROP).map((migration) => migration.sql);
  const dropped = [...sql.join('\n').matchAll(/DROP COLUMN "(\w+)"/g)].map(([, name]) => name);
  const columns = (await Promise.all(['regions', 'aggregation_runs'].map(tableOf))).flat();
  for (const { table, column } of columns) {
    await database.execute(`UPDATE ${table} SET ${column} = '1'`);
  }
  return columns.map(({ table, column }) => `${table}.${column}`);

  async function tableOf(table: string) {
    const all = await columnsOf(database, table);
    return all
      .filter(({ column }) => dropped.includes(column))
      .map(({ column }) => ({ table, column }));
  }
}

/** A contract, its region, a run that was complete and two that never ended. */
async function storeEverything(database: Database): Promise<string> {
  const complete = randomUUID();
  await database.execute(CONTRACT, FIRST_SEEN);
  await database.execute(STORED_REGION, FIRST_SEEN, LATER);
  await database.execute(COMPLETE_RUN, complete, FIRST_SEEN, LATER);
  for (const _run of [1, 2]) await database.execute(OPEN_RUN, randomUUID(), LATER);
  return complete;
}

onEachEmptyDatabase('a database of the version before columns went', (database) => {
  test('keeps its contracts, regions and runs, and loses only those columns', async () => {
    await migrate(database().transact, MIGRATIONS.slice(0, FIRST_DROP));
    await storeEverything(database());
    expect(await fillDroppedColumns(database())).toHaveLength(3);
    const contract = await storedContract(database(), 1);

    await migrate(database().transact, MIGRATIONS);

    expect(await fillDroppedColumns(database())).toEqual([]);
    const added = {
      listed_in: null,
      changed_in: null,
      is_baseline: true,
      last_listed_at: null,
      ended_after: null,
      ended_before: null,
      outcome: null,
      outcome_confidence: null,
      outcome_price: null,
      outcome_evidence: null,
      successor_id: null,
      source: 'esi',
    };
    expect(await storedContract(database(), 1)).toEqual({ ...contract, ...added });
    expect(await findRegions(database())).toEqual([REGION]);
    expect(await lastRuns(database(), 5)).toHaveLength(3);
    expect(await lastGoodRunAt(database(), LATER)).toEqual(LATER);
  });

  test('has no run left that may write, of however many, once another begins', async () => {
    await migrate(database().transact, MIGRATIONS.slice(0, FIRST_DROP));
    const complete = await storeEverything(database());
    await migrate(database().transact, MIGRATIONS);
    const successor = randomUUID();

    await beginRun(database().transact, successor, new Date(LATER.getTime() + 1));

    const runs = await lastRuns(database(), 5);
    const endOf = (id: string) => runs.find(({ runId }) => runId === id)?.outcome;
    expect(runs.map(({ outcome }) => outcome).toSorted()).toEqual(
      ['complete', 'interrupted', 'interrupted', null].toSorted(),
    );
    expect([endOf(complete), endOf(successor)]).toEqual(['complete', null]);
  });
});
