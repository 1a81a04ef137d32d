import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { findPrices, type PriceFilter } from '../../../src/database/queries/price-queries.ts';
import { keepProbes } from '../../../src/database/tables/probes.ts';
import { NOON, SELLER, Story } from '../../support/outcome-story.ts';
import { onEachDatabase } from '../../support/use-database.ts';

const RIFTER = 587;
const ACCEPTED = {
  status: 403,
  error: 'Contract accepted by player, requires authorization',
  at: NOON.toISOString(),
};
const ALL: PriceFilter = {
  typeIds: [RIFTER],
  regionIds: undefined,
  since: '2026-09-08',
  now: NOON,
  isBlueprintCopy: undefined,
  runs: undefined,
  materialEfficiency: undefined,
  timeEfficiency: undefined,
};

/** Two that ended, one of them sold; three that are open, one of another kind. */
async function tell(database: Database): Promise<Story> {
  const story = await Story.begin(database);
  await story.list(
    { id: 1, issued: -60, price: 10 },
    { id: 2, issued: -60, price: 40, quantity: 2 },
    { id: 3, issued: -60, price: 30, issuerId: SELLER + 1 },
    { id: 4, issued: -60, price: 50, issuerId: SELLER + 2 },
    { id: 5, issued: -60, price: 60, issuerId: SELLER + 3, typeId: 588 },
  );
  await story.end(0, 1, 2);
  await keepProbes(database, [{ contractId: 2, probe: ACCEPTED }], story.run);
  await story.decide();
  return story;
}

async function groupsOf(database: Database, more: Partial<PriceFilter> = {}) {
  const { rows } = await findPrices(database, { ...ALL, ...more });
  return rows.map(({ group, n, minimum, median }) => [group, n, minimum, median]);
}

onEachDatabase('finding prices', (database) => {
  test('what ended and what is open is told apart, each by the price of one', async () => {
    await tell(database());
    expect(await groupsOf(database())).toEqual([
      ['asked', 2, '30', '40'],
      ['confirmed', 1, '20', '20'],
      ['unknown', 1, '10', '10'],
    ]);
    const { days } = await findPrices(database(), ALL);
    expect(days.map(({ day, group, median }) => [day, group, median])).toEqual([
      ['2026-09-08', 'confirmed', 20],
      ['2026-09-08', 'unknown', 10],
    ]);
  });

  test('filters leave out what is of another region, kind or time', async () => {
    await tell(database());
    const asked = [['asked', 2, '30', '40']];
    expect(await groupsOf(database(), { since: '2026-09-09' })).toEqual(asked);
    expect(await groupsOf(database(), { regionIds: [1] })).toEqual([]);
    expect(await groupsOf(database(), { isBlueprintCopy: true })).toEqual([]);
    expect(await groupsOf(database(), { isBlueprintCopy: false })).toHaveLength(3);
    expect(await groupsOf(database(), { runs: 1 })).toEqual([]);
    expect(await groupsOf(database(), { typeIds: [588] })).toEqual([['asked', 1, '60', '60']]);
    const late = new Date('2026-09-10T00:00:00Z');
    expect((await groupsOf(database(), { now: late })).map(([group]) => group)).toEqual([
      'confirmed',
      'unknown',
    ]);
  });

  test('kinds of a blueprint stay apart', async () => {
    await tell(database());
    await database().execute(
      'UPDATE contract_items SET is_blueprint_copy = true, runs = contract_id % 2 WHERE contract_id > 2',
    );
    const { rows } = await findPrices(database(), { ...ALL, isBlueprintCopy: true });
    expect(rows.map(({ runs, n, group }) => [runs, n, group])).toEqual([
      [0, 1, 'asked'],
      [1, 1, 'asked'],
    ]);
  });
});
