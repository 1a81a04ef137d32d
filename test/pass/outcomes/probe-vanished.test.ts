import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { EsiDownError, EsiError } from '../../../src/errors.ts';
import { probeVanished } from '../../../src/pass/outcomes/probe-vanished.ts';
import { silentProgress } from '../../../src/terminal/progress.ts';
import { storedContract } from '../../database/tables/rows.ts';
import { ManualClock } from '../../esi/manual-clock.ts';
import { NOON, Story } from '../../support/outcome-story.ts';
import { onEachDatabase } from '../../support/use-database.ts';

const HOUR_MS = 3_600_000;

/** An ESI that knows nothing of any contract; each answer takes a tenth of a second. */
class ForgetfulEsi {
  readonly asked: { readonly contractId: number; readonly atMs: number }[] = [];
  errorsLeft = 100;
  failure: ((contractId: number) => Error | undefined) | undefined;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async probeItems(contractId: number) {
    this.asked.push({ contractId, atMs: this.#clock.monotonicMs() });
    await this.#clock.sleep(100);
    const failure = this.failure?.(contractId);
    if (failure) throw failure;
    const probe = {
      status: 404,
      error: 'Contract not found!',
      at: this.#clock.now().toISOString(),
    };
    return { probe, expiresAt: new Date(this.#clock.now().getTime() + HOUR_MS) };
  }
}

async function begin(database: Database, contracts: number) {
  const story = await Story.begin(database);
  const ids = Array.from({ length: contracts }, (_, index) => index + 1);
  await story.list(...ids.map((id) => ({ id, issued: -60, typeId: 500 + id })));
  await story.end(0, ...ids);
  await story.decide();
  const clock = new ManualClock(new Date(NOON.getTime() + 60_000), HOUR_MS);
  const esi = new ForgetfulEsi(clock);
  const timeIsUp = new AbortController();
  const progress = silentProgress;
  const probe = (limit: number) =>
    probeVanished(limit, { ...story.parts(), esi, clock, progress, timeIsUp: timeIsUp.signal });
  return { story, esi, clock, timeIsUp, probe };
}

function keepsManners(database: () => Database): void {
  test('at most 20 are asked for in any minute, and no more than the run may', async () => {
    const { story, esi, probe } = await begin(database(), 50);
    await probe(45);
    const times = esi.asked.map(({ atMs }) => atMs);
    expect(times).toHaveLength(45);
    for (const [index, atMs] of times.entries()) {
      const before = times[index - 20];
      if (before !== undefined) expect(atMs - before).toBeGreaterThanOrEqual(60_000);
    }
    expect(story.report.outcomes.probed).toBe(45);
    expect(story.report.probingMs).toBeGreaterThan(120_000);
  });

  test('runs that follow each other at once share the minute, and wait for nothing', async () => {
    const { esi, clock, probe } = await begin(database(), 50);
    await probe(15);
    await probe(15);
    expect(esi.asked).toHaveLength(20);
    expect(clock.monotonicMs()).toBeLessThan(60_000);
    await clock.advance(60_000);
    await probe(15);
    expect(esi.asked).toHaveLength(35);
  });

  test('none is asked for while fewer than 60 errors are left', async () => {
    const { esi, probe } = await begin(database(), 3);
    esi.errorsLeft = 59;
    await probe(20);
    expect(esi.asked).toEqual([]);
    esi.errorsLeft = 60;
    await probe(20);
    expect(esi.asked).toHaveLength(3);
  });

  test('an answer that is final is not asked for again; a refusal is, for an hour', async () => {
    const { esi, clock, probe } = await begin(database(), 2);
    esi.failure = (contractId) =>
      contractId === 1 ? new EsiError('no', { status: 503 }) : undefined;
    const askedIn = async () => {
      esi.asked.length = 0;
      await probe(20);
      return esi.asked.map(({ contractId }) => contractId);
    };
    expect(await askedIn()).toEqual([2, 1]);
    await clock.advance(HOUR_MS / 2);
    expect(await askedIn()).toEqual([1]);
    await clock.advance(HOUR_MS / 2);
    expect(await askedIn()).toEqual([]);
  });

  test.each([
    [420, 1],
    [429, 1],
    [500, 3],
    [undefined, 3],
  ])('an ESI that answers %s is left in peace after %i', async (status, asked) => {
    const { esi, probe } = await begin(database(), 5);
    esi.failure = () => new EsiError('no', { status });
    await probe(20);
    expect(esi.asked).toHaveLength(asked);
  });

  test('an ESI that is down, and a time limit, end it', async () => {
    const { story, esi, timeIsUp, probe } = await begin(database(), 3);
    esi.failure = () => new EsiDownError('down');
    await probe(20);
    expect(esi.asked).toHaveLength(1);
    expect(await storedContract(database(), 3)).not.toHaveProperty('outcome_evidence.probe');
    timeIsUp.abort();
    await probe(20);
    expect(esi.asked).toHaveLength(1);
    expect(story.report.outcomes.probed).toBe(0);
  });
}

function knowsOrder(database: () => Database): void {
  test('ships first, then clean contracts, then the rest; the newest first', async () => {
    const { esi, probe } = await begin(database(), 6);
    await database().execute(`UPDATE contracts SET is_ship_contract = contract_id IN (2, 5),
      requests_items = contract_id = 6, closed_at = closed_at - contract_id % 2 * interval '1 minute'`);
    await database().execute('UPDATE contracts SET successor_id = 9 WHERE contract_id = 4');
    await probe(20);
    expect(esi.asked.map(({ contractId }) => contractId)).toEqual([2, 5, 3, 1, 4, 6]);
  });

  test('no courier, none that is listed, and none of yesterday', async () => {
    const { story, esi, clock, probe } = await begin(database(), 2);
    await story.list({ id: 9, issued: 0 });
    await database().execute(`UPDATE contracts SET type = 'courier' WHERE contract_id = 1`);
    await clock.advance(24 * HOUR_MS);
    await probe(20);
    expect(esi.asked).toEqual([]);
  });
}

onEachDatabase('asking what became of contracts', (database) => {
  describe('has manners', () => keepsManners(database));
  describe('has an order', () => knowsOrder(database));
});
