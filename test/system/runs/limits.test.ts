import { expect } from 'vitest';
import type { RequestRecord } from '../../../fixtures/local-esi/exchange.ts';
import type { FaultAnswer } from '../../../fixtures/local-esi/faults.ts';
import { ANY_ITEMS, contractsOf, withItems } from '../../support/run-universe.ts';
import { serverTest, startWorld } from '../../support/run-world.ts';

/** What was on its way when ESI forbade it may still arrive, also on a machine that is busy. */
const ON_ITS_WAY_MS = 300;

/** Requests that came although an answer had forbidden them. */
function forbidden(requests: readonly RequestRecord[], status: number, pauseMs: number) {
  const refused = requests.find((record) => record.status === status);
  if (refused === undefined) throw new Error(`ESI never answered ${status}`);
  const from = refused.atMs + ON_ITS_WAY_MS;
  return requests.filter(({ atMs }) => atMs > from && atMs < refused.atMs + pauseMs);
}

interface Refusal extends Extract<FaultAnswer, { kind: 'status' }> {
  readonly pauseMs: number;
}

const SPAMMING = { error: 'ConStopSpamming, details: {"remainingTime": 1000000}' };

const REFUSALS: readonly Refusal[] = [
  { kind: 'status', status: 429, headers: { 'Retry-After': '1' }, pauseMs: 1000 },
  { kind: 'status', status: 420, headers: { 'X-Esi-Error-Limit-Reset': '1' }, pauseMs: 1000 },
  { kind: 'status', status: 503, headers: { 'Retry-After': '1' }, pauseMs: 1000 },
  { kind: 'status', status: 520, body: SPAMMING, pauseMs: 1000 },
];

serverTest('an answer that forbids requests halts them all, for its time', async () => {
  const world = await startWorld();
  for (const [index, answer] of REFUSALS.entries()) {
    world.esi.fault({ match: ANY_ITEMS, skip: 12 * index, times: 1, answer });
  }

  const { summary } = await world.run([], { ESI_CONCURRENCY: '2' });

  for (const { status, pauseMs } of REFUSALS) {
    expect(forbidden(world.esi.requests, status, pauseMs)).toEqual([]);
  }
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, failureCount: 0 });
  expect(summary.esi.waitedMs).toBeGreaterThan(3000);
  await world.expectTruth();
});

serverTest('many errors never add up to a 420 of our own making', async () => {
  // Near the end of ESI's window, so that little time passes until it forgets the errors.
  const world = await startWorld({ contracts: 500, start: new Date('2026-09-08T12:00:50Z') });
  const match = (path: string) => ANY_ITEMS.test(path) && Number(/\d+/.exec(path)?.[0]) % 4 === 0;
  world.esi.fault({ match, answer: { kind: 'status', status: 403 } });

  const { summary } = await world.run();

  const refused = withItems(contractsOf(world.universe)).filter(
    ({ contract_id: id }) => id % 4 === 0,
  );
  expect(refused.length).toBeGreaterThan(100);
  const statuses = world.esi.requests.map(({ status }) => status);
  expect(statuses).not.toContain(420);
  expect(statuses.filter((status) => status === 403)).toHaveLength(refused.length);
  expect(summary).toMatchObject({ exitCode: 0, contracts: { unavailable: refused.length } });
  await world.expectTruth({ except: refused.map(({ contract_id: id }) => id) });
});

serverTest('no more requests are in flight than the setting allows', async () => {
  const world = await startWorld();

  await world.run([], { ESI_CONCURRENCY: '3', REGION_CONCURRENCY: '3' });

  expect(world.esi.maxInFlight).toBeLessThanOrEqual(3);
  await world.expectTruth();
});

serverTest('no more requests start in a second than the setting allows', async () => {
  const world = await startWorld();

  const { summary } = await world.run([], { ESI_MAX_RPS: '80' });

  const starts = world.esi.requests.map(({ atMs }) => atMs);
  for (const [index, atMs] of starts.entries()) {
    const later = starts[index + 100];
    if (later !== undefined) expect(later - atMs).toBeGreaterThan(1000);
  }
  expect(summary.durationMs).toBeGreaterThan((1000 * starts.length) / 80 - 1000);
});
