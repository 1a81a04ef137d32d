import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { readJsonRows } from '../../../src/database/json-rows.ts';
import { updateListed } from '../../../src/database/tables/contracts.ts';
import { keepProbes } from '../../../src/database/tables/probes.ts';
import { priceDays } from '../../../src/pass/outcomes/price-days.ts';
import { newContract, THE_FORGE } from '../../database/tables/rows.ts';
import { type Offer, SELLER, Story } from '../../support/outcome-story.ts';
import { onEachDatabase } from '../../support/use-database.ts';

const ACCEPTED = {
  status: 403,
  error: 'Contract accepted by player, requires authorization',
  at: '2026-09-08T12:00:00.000Z',
};
const DAY = 24 * 60;

interface Price {
  readonly day: string;
  readonly [column: string]: unknown;
}

function pricesOf(database: Database): Promise<Price[]> {
  return readJsonRows<Price>(
    database,
    `SELECT coalesce(json_agg(to_jsonb(p) ORDER BY day, type_id), '[]')::text AS rows FROM daily_prices AS p`,
  );
}

/** A story whose contracts end on the day of the story, sold where so many ids say it. */
class PricedStory extends Story {
  async sell(database: Database, ...ids: readonly number[]): Promise<void> {
    const answers = ids.map((contractId) => ({ contractId, probe: ACCEPTED }));
    await keepProbes(database, answers, this.run);
  }

  async close(): Promise<void> {
    await priceDays(await this.decide(), this.parts());
  }
}

async function begin(database: Database, ...offers: readonly Offer[]): Promise<PricedStory> {
  const story = new PricedStory(database);
  await story.nextRun();
  await story.list(...offers);
  return story;
}

/** Equal things of several sellers, at these prices. */
function offersAt(...prices: readonly number[]): Offer[] {
  return prices.map((price, index) => ({
    id: index + 1,
    issued: -60,
    price,
    issuerId: SELLER + (index % 3),
  }));
}

function computes(database: () => Database): void {
  test('confirmed and unknown ends apart, with quartiles, sellers and outliers', async () => {
    const story = await begin(database(), ...offersAt(10, 20, 30, 40, 300, 7, 9));
    await story.end(0, 1, 2, 3, 4, 5, 6, 7);
    await story.sell(database(), 1, 2, 3, 4, 5);
    await story.close();
    expect(await pricesOf(database())).toEqual([
      {
        day: '2026-09-08',
        region_id: THE_FORGE,
        type_id: 587,
        is_blueprint_copy: false,
        runs: 0,
        material_efficiency: 0,
        time_efficiency: 0,
        confirmed_n: 5,
        confirmed_sellers: 3,
        confirmed_minimum: 10,
        confirmed_q1: 20,
        confirmed_median: 30,
        confirmed_q3: 40,
        confirmed_maximum: 300,
        confirmed_outliers: 1,
        likely_n: 0,
        likely_sellers: 0,
        likely_minimum: null,
        likely_q1: null,
        likely_median: null,
        likely_q3: null,
        likely_maximum: null,
        likely_outliers: 0,
        unknown_n: 2,
        unknown_sellers: 2,
        unknown_minimum: 7,
        unknown_q1: 7.5,
        unknown_median: 8,
        unknown_q3: 8.5,
        unknown_maximum: 9,
        unknown_outliers: 0,
        excluded: {},
      },
    ]);
  });
}

function leavesOut(database: () => Database): void {
  test('what does not count is told by its reason', async () => {
    const story = await begin(database(), ...offersAt(10, 10, 10, 0));
    await story.list({ id: 9, issued: 10, itemId: 2, price: 50, issuerId: SELLER + 1 });
    await story.end(0, 1, 2, 3, 4);
    await database().execute('UPDATE contracts SET requests_items = true WHERE contract_id = 3');
    await database().execute(
      'UPDATE contracts SET date_expired = ended_before WHERE contract_id = 1',
    );
    await story.close();
    expect(await pricesOf(database())).toMatchObject([
      {
        confirmed_n: 0,
        unknown_n: 0,
        excluded: { expired: 1, relisted: 1, asks_in_return: 1, no_price: 1 },
      },
    ]);
  });

  test('the price is that of one, and several kinds in a contract have none', async () => {
    const story = await begin(database(), { id: 1, issued: -60, quantity: 4, price: 10 });
    await story.list({ id: 2, issued: -60, price: 10, issuerId: SELLER + 1 });
    await database().execute(`
      INSERT INTO contract_items (contract_id, record_id, type_id, quantity, is_included)
      VALUES (1, 99, 587, 1, true), (2, 98, 588, 1, true)`);
    await database().execute('UPDATE contracts SET contains_additional_items = true');
    await story.end(0, 1, 2);
    await story.sell(database(), 1, 2);
    await story.close();
    expect(await pricesOf(database())).toMatchObject([{ type_id: 587, confirmed_median: 2 }]);
  });
}

function followsChanges(database: () => Database): void {
  test('a day is computed again when a contract of it comes back, and only that day', async () => {
    const story = await begin(database(), ...offersAt(10, 20, 30));
    await story.end(0, 1, 2);
    await story.end(DAY / 2 + 60, 3);
    await story.close();
    const before = await pricesOf(database());
    expect(before.map(({ day, unknown_n: n }) => [day, n])).toEqual([
      ['2026-09-08', 2],
      ['2026-09-09', 1],
    ]);
    await database().execute(`UPDATE daily_prices SET unknown_n = 77 WHERE day = '2026-09-09'`);
    await story.nextRun();
    const back = newContract({ contractId: 1, type: 'item_exchange', issuerId: SELLER });
    await updateListed(database(), [{ ...back, regionId: THE_FORGE }], story.run);
    await story.close();
    const after = await pricesOf(database());
    expect(after.map(({ unknown_n: n, unknown_median: median }) => [n, median])).toEqual([
      [1, 20],
      [77, 30],
    ]);
  });

  test('a revised verdict takes its contract out of the prices of its day', async () => {
    const story = await begin(database(), ...offersAt(10));
    await story.end(0, 1);
    await story.close();
    await story.nextRun();
    await story.list({ id: 5, issued: 3 * DAY, itemId: 1, price: 8 });
    await story.close();
    expect(await pricesOf(database())).toMatchObject([
      { day: '2026-09-08', unknown_n: 0, excluded: { relisted: 1 } },
    ]);
  });

  test('a kind that is left on no contract of the day has no row', async () => {
    const story = await begin(database(), ...offersAt(10));
    await story.end(0, 1);
    await story.close();
    await story.nextRun();
    const back = newContract({ contractId: 1, type: 'item_exchange', issuerId: SELLER });
    await updateListed(database(), [{ ...back, regionId: THE_FORGE }], story.run);
    await story.close();
    expect(await pricesOf(database())).toEqual([]);
  });

  test('a day whose contracts were deleted stays as it is', async () => {
    const story = await begin(database(), ...offersAt(10, 20));
    await story.end(0, 1, 2);
    await story.close();
    await database().execute(`UPDATE outcome_progress SET pruned_before = '2026-09-09'`);
    await database().execute('DELETE FROM contracts WHERE contract_id = 1');
    await story.nextRun();
    await database().execute('UPDATE contracts SET changed_in = $1', story.run);
    await story.close();
    expect(await pricesOf(database())).toMatchObject([{ unknown_n: 2 }]);
  });

  test('what is equal is not written again', async () => {
    const story = await begin(database(), ...offersAt(10));
    await story.end(0, 1);
    await story.close();
    const version = () =>
      readJsonRows(database(), 'SELECT json_agg(xmin::text)::text AS rows FROM daily_prices');
    const before = await version();
    await story.nextRun();
    await database().execute('UPDATE contracts SET changed_in = $1', story.run);
    await story.close();
    expect(await version()).toEqual(before);
  });
}

onEachDatabase('the prices of a day', (database) => {
  describe('are those of its ends', () => computes(database));
  describe('leave out what is none', () => leavesOut(database));
  describe('follow what changes', () => followsChanges(database));
});
