import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { priceDays } from '../../src/pass/outcomes/price-days.ts';
import { prune } from '../../src/pruning/prune.ts';
import { Story } from '../support/outcome-story.ts';
import { onEachDatabase } from '../support/use-database.ts';

const DAY = '2026-09-09';

/** Two that ended on the day before and one that is open. */
async function tell(database: Database): Promise<Story> {
  const story = await Story.begin(database);
  await story.list({ id: 1, issued: -60 }, { id: 2, issued: -60 }, { id: 3, issued: -60 });
  await story.end(0, 1, 2);
  await database.execute(
    `UPDATE contracts SET closed_at = ended_before WHERE status <> 'outstanding'`,
  );
  return story;
}

function idsOf(database: Database): Promise<{ id: number }[]> {
  return database.query('SELECT contract_id::integer AS id FROM contracts ORDER BY 1');
}

async function pricedOf(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'SELECT sum(unknown_n)::integer AS n FROM daily_prices',
  );
  return row?.n ?? 0;
}

onEachDatabase('pruning', (database) => {
  const pruned = (more: { signal?: AbortSignal; timeIsUp?: AbortSignal } = {}) => {
    const never = new AbortController().signal;
    const write = database().transact;
    return prune(DAY, { read: database(), write, signal: never, timeIsUp: never, ...more });
  };

  test('completes the prices of a day before its contracts go', async () => {
    const story = await tell(database());
    await story.decide();
    expect(await pricedOf(database())).toBe(0);
    expect(await pruned()).toMatchObject({ contracts: 2, isComplete: true, before: DAY });
    expect(await pricedOf(database())).toBe(2);
    expect(await idsOf(database())).toEqual([{ id: 3 }]);
    await story.nextRun();
    await priceDays(await story.decide(), story.parts());
    expect(await pricedOf(database())).toBe(2);
  });

  test('deletes nothing of a day that no run has decided', async () => {
    await tell(database());
    expect(await pruned()).toMatchObject({ contracts: 0, before: '2026-09-08' });
    expect(await idsOf(database())).toHaveLength(3);
  });

  test('stops at a signal, and when its time is up', async () => {
    const story = await tell(database());
    await story.decide();
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(pruned({ signal: stop.signal })).rejects.toThrow('stopped');
    expect(await pruned({ timeIsUp: stop.signal })).toMatchObject({
      contracts: 0,
      isComplete: false,
    });
    expect(await idsOf(database())).toHaveLength(3);
  });
});
