import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { updateListed } from '../../../src/database/tables/contracts.ts';
import { readProgress } from '../../../src/database/tables/outcome-progress.ts';
import { keepProbes } from '../../../src/database/tables/probes.ts';
import { newContract, storedContract, THE_FORGE } from '../../database/tables/rows.ts';
import { NOON, PRICE, SELLER, Story } from '../../support/outcome-story.ts';
import { onEachDatabase } from '../../support/use-database.ts';

const ACCEPTED = {
  status: 403,
  error: 'Contract accepted by player, requires authorization',
  at: NOON.toISOString(),
};

function goesOn(database: () => Database): void {
  test('what did not change is not written, nor decided again', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60 });
    await story.end(0, 1);
    await story.decide();
    const before = await storedContract(database(), 1);
    await story.nextRun();
    await database().execute('UPDATE outcome_progress SET rules_version = 0');
    await story.decide();
    expect(await storedContract(database(), 1)).toEqual(before);
    expect(await readProgress(database())).toMatchObject({ rulesVersion: 1, historyAfter: null });
  });

  test('a run that died before it decided leaves that to the next', async () => {
    const story = await Story.begin(database());
    await story.decide();
    await story.nextRun();
    await story.list({ id: 1, issued: -60 });
    await story.end(0, 1);
    await story.nextRun();
    await story.decide();
    expect(await story.outcomes()).toEqual({ 1: 'sold_or_withdrawn' });
  });

  test('contracts of before the first decision are decided, batch by batch', async () => {
    const story = await Story.begin(database());
    const ids = [1, 2, 3, 4, 5];
    await story.list(...ids.map((id) => ({ id, issued: -60, typeId: 587 + id })));
    await story.end(0, ...ids);
    await database().execute('UPDATE contracts SET changed_in = NULL, listed_in = NULL');
    await story.nextRun();
    await story.decide();
    expect(Object.values(await story.outcomes())).toEqual(ids.map(() => 'sold_or_withdrawn'));
  });
}

function keepsEvidence(database: () => Database): void {
  test('a contract that comes back is open again, its verdict void', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60 });
    await story.end(0, 1);
    await keepProbes(database(), [{ contractId: 1, probe: ACCEPTED }], story.run);
    await story.decide();
    const ended = await storedContract(database(), 1);
    expect(ended).toMatchObject({ outcome: 'sold', outcome_price: PRICE });

    await story.nextRun();
    const listed = newContract({ contractId: 1, type: 'item_exchange', issuerId: SELLER });
    await updateListed(database(), [{ ...listed, regionId: THE_FORGE }], story.run);
    await story.decide();
    expect(await storedContract(database(), 1)).toMatchObject({
      status: 'outstanding',
      outcome: null,
      outcome_confidence: null,
      outcome_price: null,
      outcome_evidence: {
        voided: { outcome: 'sold', probe: ACCEPTED, endedBefore: ended?.['ended_before'] },
      },
    });

    await story.nextRun();
    await story.end(60, 1);
    await story.decide();
    const again = await storedContract(database(), 1);
    expect(again).toMatchObject({ outcome: 'sold_or_withdrawn' });
    expect(again?.['outcome_evidence']).not.toHaveProperty('probe');
    expect(again?.['outcome_evidence']).toHaveProperty('voided.outcome', 'sold');

    await story.nextRun();
    await updateListed(database(), [{ ...listed, regionId: THE_FORGE }], story.run);
    const { outcome_evidence: evidence } = (await storedContract(database(), 1)) ?? {};
    expect(evidence).toHaveProperty('voided.outcome', 'sold_or_withdrawn');
    expect(evidence).not.toHaveProperty('voided.voided');
  });
}

function keepsProbes(database: () => Database): void {
  test('what is known of an end that nothing may be said of stays', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60 });
    await story.end(0, 1);
    await database().execute('UPDATE contracts SET ended_before = NULL, ended_after = NULL');
    const probe = { ...ACCEPTED, status: 404, error: 'Contract not found!' };
    await keepProbes(database(), [{ contractId: 1, probe }], story.run);
    await story.decide();
    const row = await storedContract(database(), 1);
    expect(row).toMatchObject({ outcome: null, outcome_evidence: { probe } });
  });

  test("an acceptance is ESI's last word: no other answer takes its place", async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60 });
    await keepProbes(database(), [{ contractId: 1, probe: ACCEPTED }], story.run);
    const other = { ...ACCEPTED, status: 404, error: 'Contract not found!' };
    expect(await keepProbes(database(), [{ contractId: 1, probe: other }], story.run)).toBe(0);
    expect(await storedContract(database(), 1)).toMatchObject({
      outcome_evidence: { probe: ACCEPTED },
    });
  });

  test('whether ESI was to be asked is said as it was then', async () => {
    const story = await Story.begin(database());
    await story.list({ id: 1, issued: -60 }, { id: 2, issued: -60, typeId: 588 });
    await story.end(0, 1);
    await story.decide(false);
    await story.nextRun();
    await story.end(30, 2);
    await database().execute('UPDATE outcome_progress SET rules_version = 0');
    await story.decide(true);
    const evidence = async (id: number) =>
      (await storedContract(database(), id))?.['outcome_evidence'];
    expect(await evidence(1)).toMatchObject({ probes: 'off' });
    expect(await evidence(2)).not.toHaveProperty('probes');
  });
}

onEachDatabase('deciding outcomes', (database) => {
  describe('from run to run', () => goesOn(database));
  describe('on what is known', () => keepsEvidence(database));
  describe('by what ESI said', () => keepsProbes(database));
});
