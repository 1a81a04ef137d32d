import { expect, vi } from 'vitest';
import type { RequestRecord } from '../../fixtures/local-esi/exchange.ts';
import { ANY_ITEMS } from '../support/run-universe.ts';
import {
  DOMAIN,
  SINQ_LAISON,
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
} from '../support/run-world.ts';

const SHARDS = ['0/3', '1/3', '2/3'];
const REGIONS = [THE_FORGE, DOMAIN, SINQ_LAISON, 10000030, 10000042, 10000016, 10000033];
const PATIENCE = { timeout: 50_000, interval: 20 };

function startShardedWorld(): Promise<World> {
  return startWorld({ regionIds: REGIONS, contracts: 150 });
}

async function runTogether(world: World, env: Record<string, string> = {}) {
  const running = SHARDS.map((shard) => world.spawnRun(['--shard', shard], env));
  const results = await Promise.all(running.map(({ done }) => done));
  return results.map((result) => world.read(result).summary);
}

async function runInTurn(world: World) {
  const summaries = [];
  for (const shard of SHARDS) summaries.push((await world.run(['--shard', shard])).summary);
  return summaries;
}

function askedTwice(requests: readonly RequestRecord[]): string[] {
  const asked = requests.map(({ method, path, body }) => `${method} ${path} ${body}`);
  return asked.filter((request, index) => asked.indexOf(request) !== index);
}

/** The shortest time, in milliseconds, in which one more request arrived than the rate allows. */
function tightestMs(requests: readonly RequestRecord[], perSecond: number): number {
  const arrivals = requests.map(({ atMs }) => atMs).toSorted((one, other) => one - other);
  const spans = arrivals.flatMap((atMs, index) => {
    const later = arrivals[index + perSecond];
    return later === undefined ? [] : [later - atMs];
  });
  return Math.min(...spans);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

serverTest('three shards at once store the truth, and ask nothing twice', async () => {
  const world = await startShardedWorld();
  const perSecond = 60;

  const summaries = await runTogether(world, { ESI_MAX_RPS: String(perSecond) });

  for (const [index, summary] of summaries.entries()) {
    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, shard: SHARDS[index] });
    expect(summary.regions.total).toBeGreaterThan(0);
  }
  expect(sum(summaries.map(({ regions }) => regions.total))).toBe(REGIONS.length);
  await world.expectTruth();
  expect(askedTwice(world.esi.requests)).toEqual([]);
  expect(world.esi.requests.length).toBeGreaterThan(3 * perSecond);
  // 20 ms for the lateness of whoever watches.
  expect(tightestMs(world.esi.requests, perSecond)).toBeGreaterThan(980);
  const types = await world.tables.rows('esi_type_cache');
  expect(sum(summaries.map(({ types: { discovered } }) => discovered))).toBe(types.length);
  const keys = await world.redis.names();
  expect(keys.filter((key) => /lock|claim/.test(key))).toEqual([]);
});

serverTest('three shards one after the other are one pass too, and so is the next', async () => {
  const world = await startShardedWorld();

  const first = await runInTurn(world);
  await world.expectTruth();
  expect(askedTwice(world.esi.requests)).toEqual([]);
  const before = await world.tables.versions();
  world.nextListing();
  world.esi.resetRequests();
  const second = await runTogether(world);

  expect(first.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(second.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(sum(second.map(({ regions }) => regions.unchanged))).toBe(REGIONS.length);
  expect(await world.tables.versions()).toEqual(before);
  expect(askedTwice(world.esi.requests)).toEqual([]);
  expect(new Set(world.esi.requests.map(({ kind }) => kind))).toEqual(new Set(['listing']));
  const runs = await world.tables.rows('aggregation_runs');
  expect(runs.map(({ shard, plan }) => `${shard} ${plan}`).sort()).toEqual(
    [1, 2].flatMap((plan) => SHARDS.map((shard) => `${shard} ${plan}`)).sort(),
  );
});

serverTest('the first shard alone refreshes types and reclassifies', async () => {
  const world = await startShardedWorld();
  await runInTurn(world);
  const { length: types } = await world.tables.rows('esi_type_cache');
  world.nextListing();
  world.esi.resetRequests();

  const env = { TYPE_REFRESH_DAYS: '0', TYPE_REFRESH_LIMIT: '1000', SHIP_GROUP_IDS: '25' };
  const [first, ...others] = await runTogether(world, env);

  expect(first?.types.refreshed).toBe(types);
  expect(others.map((summary) => summary.types.refreshed)).toEqual([0, 0]);
  expect(askedTwice(world.esi.requests)).toEqual([]);
  await world.expectTruth({ shipGroupIds: [25] });
});

serverTest('a shard that was killed leaves the others be, and catches up', async () => {
  const world = await startShardedWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 300 } });
  const env = { LOCK_TTL_SECONDS: '3', ESI_CONCURRENCY: '6' };
  const running = SHARDS.map((shard) => world.spawnRun(['--shard', shard], env));
  await vi.waitUntil(() => areAtWork(world), PATIENCE);
  running[1]?.kill('SIGKILL');
  world.esi.clearFaults();
  const [first, killed, third] = await Promise.all(running.map(({ done }) => done));

  expect([first?.exitCode, killed?.exitCode, third?.exitCode]).toEqual([0, null, 0]);
  const [unfinished] = await world.tables.rows('aggregation_runs', 'finished_at IS NULL');
  expect(unfinished).toMatchObject({ shard: '1/3' });
  await vi.waitUntil(async () => (await world.redis.names()).every(isNoLock), PATIENCE);
  const { summary } = await world.run(['--shard', '1/3']);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
});

/** Items are asked for a few at a time: a shard whose run has begun is far from its end. */
async function areAtWork({ esi, tables }: World): Promise<boolean> {
  if (esi.requestsTo('items').length < 12) return false;
  return (await tables.rows('aggregation_runs')).length === SHARDS.length;
}

function isNoLock(key: string): boolean {
  return !/:lock/.test(key);
}

serverTest('a whole run and shards keep each other out', async () => {
  const world = await startShardedWorld();
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'delay', ms: 200 } });
  const shard = world.spawnRun(['--shard', '3/3'], { ESI_CONCURRENCY: '4' });
  await vi.waitUntil(() => world.esi.requests.length > 0, PATIENCE);

  const whole = await world.run();
  const same = await world.run(['--shard', '0/3']);
  const otherDivision = await world.run([], { SHARD: '2', JOB_COMPLETION_INDEX: '1' });

  for (const { summary } of [whole, same, otherDivision]) {
    expect(summary).toMatchObject({ outcome: 'locked', exitCode: 75, esi: { requests: 0 } });
  }
  world.esi.clearFaults();
  expect(world.read(await shard.done).summary).toMatchObject({ exitCode: 0, shard: '0/3' });
});

serverTest('an answer that forbids requests halts all shards', async () => {
  const world = await startShardedWorld();
  const answer = { kind: 'status', status: 429, headers: { 'Retry-After': '2' } } as const;
  world.esi.fault({ match: ANY_ITEMS, skip: 20, times: 1, answer });

  const summaries = await runTogether(world, { ESI_MAX_RPS: '80' });

  expect(summaries.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const refused = world.esi.requests.find(({ status }) => status === 429);
  const fromMs = (refused?.atMs ?? 0) + 300;
  const untilMs = (refused?.atMs ?? 0) + 2000;
  const forbidden = world.esi.requests.filter(({ atMs }) => atMs > fromMs && atMs < untilMs);
  expect(refused).toBeDefined();
  expect(forbidden.map(({ path }) => path)).toEqual([]);
  await world.expectTruth();
});

serverTest('a shard that no region is left for is complete', async () => {
  const world = await startWorld();

  const { summary } = await world.run(['--shard', '99/100']);

  expect(summary).toMatchObject({ exitCode: 0, regions: { total: 0 }, shipContracts: 0 });
  expect(world.esi.requestsTo('listing')).toEqual([]);
});

serverTest('a dry run of a shard tells its part, takes no lock and writes nothing', async () => {
  const world = await startShardedWorld();
  await runInTurn(world);
  world.nextListing({ seed: 3, share: 0.2 });
  const before = await world.redis.dump();
  const versions = await world.tables.versions();

  const { summary } = await world.run(['--dry-run', '--shard', '2/3'], { ESI_MAX_RPS: '60' });

  expect(summary).toMatchObject({ exitCode: 0, dryRun: true, shard: '2/3' });
  expect(summary.regions.total).toBeLessThan(REGIONS.length);
  expect(await world.redis.dump()).toEqual(before);
  expect(await world.tables.versions()).toEqual(versions);
});
