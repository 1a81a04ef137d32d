import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { plannedContracts } from '../../../src/database/tables/plan-store.ts';
import { beginRun, fencedTransact, finishRun } from '../../../src/database/tables/run-store.ts';
import { LockLostError } from '../../../src/errors.ts';
import type { Shard } from '../../../src/sharding/shard.ts';
import { onEachDatabase, onServer } from '../../support/use-database.ts';
import { waitUntilSomebodyWaits } from './lock-waits.ts';
import { FIRST_SEEN, LATER } from './rows.ts';

const HELD = { assertHeld: async () => undefined, assertNotExpired: () => undefined };
const SHARDS = [0, 1, 2].map((index) => ({ index, count: 3 }));
const [FIRST, SECOND, THIRD] = SHARDS as [Shard, Shard, Shard];

async function begin(database: Database, shard?: Shard): Promise<string> {
  const runId = randomUUID();
  await beginRun(database.transact, runId, FIRST_SEEN, shard);
  return runId;
}

async function finish(database: Database, runId: string, outcome = 'complete'): Promise<void> {
  await finishRun(database, { runId, finishedAt: LATER.toISOString(), outcome, exitCode: 0 });
}

async function passOf(database: Database, ...shards: readonly Shard[]): Promise<void> {
  for (const shard of shards) await finish(database, await begin(database, shard));
}

async function storeRegion(database: Database, regionId: number, listed: number): Promise<void> {
  const sql = `INSERT INTO regions (region_id, listed_contracts) VALUES ($1, $2)
    ON CONFLICT (region_id) DO UPDATE SET listed_contracts = excluded.listed_contracts`;
  await database.execute(sql, regionId, listed);
}

async function plans(database: Database): Promise<unknown[]> {
  const rows = await database.query<{ plan: number | null; shard: string | null }>(
    'SELECT shard, plan FROM aggregation_runs ORDER BY plan, shard',
  );
  return rows.map(({ shard, plan }) => `${shard} ${plan}`);
}

async function mayWrite(database: Database, runId: string): Promise<boolean> {
  const transact = fencedTransact(database.transact, runId, HELD);
  try {
    await transact((sql) => sql.query('SELECT 1'));
    return true;
  } catch (error) {
    if (error instanceof LockLostError) return false;
    throw error;
  }
}

function divides(database: () => Database): void {
  test('a region that is new since the plan is not in it', async () => {
    await begin(database(), FIRST);
    await storeRegion(database(), 1, 40);
    await begin(database(), SECOND);
    expect(await plannedContracts(database())).toEqual(new Map());
  });

  test('the plan stands still until every shard has been through, and is then made anew', async () => {
    await storeRegion(database(), 1, 40);
    await passOf(database(), FIRST, SECOND);
    expect(await plannedContracts(database())).toEqual(new Map([[1, 40]]));
    await storeRegion(database(), 1, 70);
    await storeRegion(database(), 2, 5);
    await passOf(database(), THIRD);
    expect(await plannedContracts(database())).toEqual(new Map([[1, 40]]));
    await passOf(database(), THIRD);
    expect(await plannedContracts(database())).toEqual(
      new Map([
        [1, 70],
        [2, 5],
      ]),
    );
    expect(await plans(database())).toEqual(['0/3 1', '1/3 1', '2/3 1', '2/3 2']);
  });

  test('another number of shards begins another plan', async () => {
    await passOf(database(), FIRST);
    await passOf(database(), { index: 1, count: 2 });
    expect(await plans(database())).toEqual(['0/3 1', '1/2 2']);
  });

  test('a whole run has no plan and changes none', async () => {
    await storeRegion(database(), 1, 40);
    await begin(database());
    expect(await plans(database())).toEqual(['null null']);
    expect(await plannedContracts(database())).toEqual(new Map());
  });
}

function fencesOff(database: () => Database): void {
  test('shards of one division write beside each other', async () => {
    const runs = [];
    for (const shard of SHARDS) runs.push(await begin(database(), shard));
    for (const runId of runs) expect(await mayWrite(database(), runId)).toBe(true);
  });

  test.each([
    ['the same shard', FIRST, [false, true]],
    ['a whole run', undefined, [false, false]],
    ['a shard of another division', { index: 0, count: 2 }, [false, false]],
  ])('%s ends what it may not work beside', async (_name, successor, expected) => {
    const runs = [await begin(database(), FIRST), await begin(database(), SECOND)];
    await begin(database(), successor);
    for (const [index, runId] of runs.entries()) {
      expect(await mayWrite(database(), runId)).toBe(expected[index]);
    }
  });

  test('a shard ends a whole run that did not', async () => {
    const whole = await begin(database());
    await begin(database(), SECOND);
    expect(await mayWrite(database(), whole)).toBe(false);
  });
}

onEachDatabase('shards', (database) => {
  describe('and their plan', () => divides(database));
  describe('and who may write', () => fencesOff(database));
});

onServer('shards that start together', (open) => {
  test('come to one plan, again and again', async () => {
    const clients = [open(), open(), open()] as [Database, Database, Database];
    const [first] = clients;
    await migrate(first.transact, await readMigrations());
    await storeRegion(first, 1, 40);
    for (let plan = 1; plan <= 5; plan += 1) {
      await storeRegion(first, 1, 40 + plan);
      const runs = await Promise.all(
        SHARDS.map((shard, index) => begin(clients[index] ?? first, shard)),
      );
      expect(await plannedContracts(first)).toEqual(new Map([[1, 40 + plan]]));
      await Promise.all(runs.map((runId) => finish(first, runId)));
    }
    expect(await plans(first)).toEqual(
      [1, 2, 3, 4, 5].flatMap((plan) => ['0/3', '1/3', '2/3'].map((shard) => `${shard} ${plan}`)),
    );
  });

  test('wait for each other, so that the first has its plan before the next looks', async () => {
    const [first, second, observer] = [open(), open(), open()];
    await migrate(first.transact, await readMigrations());
    const events: string[] = [];

    await first
      .transact(async (sql) => {
        await beginRun((work) => work(sql), randomUUID(), FIRST_SEEN, FIRST);
        const next = beginRun(second.transact, randomUUID(), FIRST_SEEN, SECOND);
        const beginning = next.then(() => events.push('the next began'));
        await waitUntilSomebodyWaits(observer);
        events.push('the first has begun');
        return { beginning };
      })
      .then(({ beginning }) => beginning);

    expect(events).toEqual(['the first has begun', 'the next began']);
    expect(await plans(first)).toEqual(['0/3 1', '1/3 1']);
  });
});
