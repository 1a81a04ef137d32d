import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { storedContract } from '../../database/tables/rows.ts';
import { HULL, type Offer, SELLER, Story } from '../../support/outcome-story.ts';
import { onEachDatabase } from '../../support/use-database.ts';

function relists(database: () => Database): void {
  test('an item that its issuer lists again was not sold: the next contract of it follows', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60, itemId: HULL });
    await story.end(0, 1);
    await story.list({ id: 3, issued: 90, itemId: HULL }, { id: 2, issued: 20, itemId: HULL });
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: ['relisted', 2] });
    expect(story.report.outcomes).toEqual({ decided: 1, probed: 0, revised: 0 });
  });

  test.each([
    ['of another issuer', { issuerId: SELLER + 1, itemId: HULL }],
    ['older than it', { id: 1, issued: -90, itemId: HULL }],
    ['of another item and another kind', { typeId: 588 }],
    ['of more of it', { quantity: 2 }],
    ['issued two hours after it was missing', { issued: 151 }],
    ['issued before it was seen last', { issued: -1 }],
  ])('a contract %s is no successor', async (_name, offer: Partial<Offer>) => {
    const story = await Story.begin(database());
    await story.list({ id: 5, issued: -60, itemId: HULL });
    await story.end(0, 5);
    await story.list({ id: 6, issued: 10, ...offer });
    await story.decide();
    expect(await story.outcomes()).toEqual({ 5: 'sold_or_withdrawn' });
  });

  test('the like within two hours is one relist, however many it could follow', async () => {
    const story = await Story.begin(database());
    await story.list(...[1, 2, 3].map((id) => ({ id, issued: -60 })));
    await story.end(0, 1, 2, 3);
    await story.list({ id: 7, issued: 150 });
    await story.decide();
    expect(await story.outcomes()).toEqual({
      1: ['relisted_likely', 7],
      2: 'sold_or_withdrawn',
      3: 'sold_or_withdrawn',
    });
  });
}

function revises(database: () => Database): void {
  test('a successor that appears in a later run revises the verdict', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60, itemId: HULL }, { id: 2, issued: -60 });
    await story.end(0, 1, 2);
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: 'sold_or_withdrawn', 2: 'sold_or_withdrawn' });
    await story.nextRun();
    await story.list({ id: 8, issued: 3000, itemId: HULL, price: 90 }, { id: 9, issued: 100 });
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: ['relisted', 8], 2: ['relisted_likely', 9] });
    expect(story.report.outcomes).toEqual({ decided: 0, probed: 0, revised: 2 });
    const row = await storedContract(database(), 1);
    expect(row).toMatchObject({ changed_in: story.run, outcome_evidence: { repriced: true } });
  });

  test('the very item beats the like, also when it comes later', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60, itemId: HULL });
    await story.end(0, 1);
    await story.list({ id: 2, issued: 20 });
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: ['relisted_likely', 2] });
    await story.nextRun();
    await story.list({ id: 3, issued: 60, itemId: HULL });
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: ['relisted', 3] });
  });

  test('a verdict stays when its successor is deleted', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60, itemId: HULL });
    await story.end(0, 1);
    await story.list({ id: 2, issued: 20, itemId: HULL });
    await story.decide();
    await database().execute('DELETE FROM contracts WHERE contract_id = 2');
    await database().execute('UPDATE outcome_progress SET rules_version = 0');
    await story.nextRun();
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: ['relisted', 2] });
    expect(story.report.outcomes).toEqual({ decided: 0, probed: 0, revised: 0 });
  });
}

onEachDatabase('deciding whether a contract', (database) => {
  describe('is listed again', () => relists(database));
  describe('is listed again after all', () => revises(database));
});
