import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { migrate, readMigrations } from '../../../src/database/open/migrations.ts';
import { beginRun, fencedTransact } from '../../../src/database/tables/runs.ts';
import { LockLostError } from '../../../src/errors.ts';
import { onServer } from '../../support/use-database.ts';
import { waitUntilSomebodyWaits } from './lock-waits.ts';
import { countRows, FIRST_SEEN, LATER } from './rows.ts';

const HELD = { assertHeld: async () => undefined, assertNotExpired: () => undefined };
const INSERT_REGION = 'INSERT INTO regions (region_id) VALUES ($1)';

onServer('a run that takes over', (open) => {
  test('it waits for the transaction under way, which is kept, and ends all later ones', async () => {
    const [first, second, observer] = [open(), open(), open()];
    await migrate(first.transact, await readMigrations());
    const [runId, successor] = [randomUUID(), randomUUID()];
    await beginRun(first.transact, runId, FIRST_SEEN);
    const transact = fencedTransact(first.transact, runId, HELD);
    const events: string[] = [];

    const writing = transact(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      const takingOver = beginRun(second.transact, successor, LATER).then(() =>
        events.push('successor began'),
      );
      await waitUntilSomebodyWaits(observer);
      events.push('transaction ends');
      return { takingOver };
    });
    await (await writing).takingOver;

    expect(events).toEqual(['transaction ends', 'successor began']);
    expect(await countRows(observer, 'regions')).toBe(1);
    const tooLate = transact((sql) => sql.execute(INSERT_REGION, 2));
    await expect(tooLate).rejects.toBeInstanceOf(LockLostError);
    expect(await countRows(observer, 'regions')).toBe(1);
  });

  test('the transactions of one run do not wait for each other', async () => {
    const [first, second] = [open(), open()];
    await migrate(first.transact, await readMigrations());
    const runId = randomUUID();
    await beginRun(first.transact, runId, FIRST_SEEN);
    const outer = fencedTransact(first.transact, runId, HELD);
    const inner = fencedTransact(second.transact, runId, HELD);
    await outer(async (sql) => {
      await sql.execute(INSERT_REGION, 1);
      await inner((other) => other.execute(INSERT_REGION, 2));
    });
    expect(await countRows(first, 'regions')).toBe(2);
  });
});
