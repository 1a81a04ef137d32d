import { expect } from 'vitest';
import { contractsOf, takeAway } from '../support/run-universe.ts';
import {
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
  type WorldOptions,
} from '../support/run-world.ts';

const DAY_MINUTES = 24 * 60;

/** A third of The Forge's contracts have ended, a hundred days ago; the others are listed still. */
async function agedWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({ contracts: 300, ...options });
  await world.run();
  // More than half at once would be doubted.
  takeAway(world.universe, THE_FORGE, ({ contract_id: id }) => id % 3 === 0);
  world.nextListing();
  await world.run([], { OUTCOME_PROBES: '0' });
  world.forward(100 * DAY_MINUTES);
  return world;
}

async function statusesOf(world: World) {
  const rows = await world.tables.rows('contracts');
  return {
    outstanding: rows.filter(({ status }) => status === 'outstanding').length,
    all: rows.length,
  };
}

serverTest('what ended long ago is deleted with its items, and its prices stay', async () => {
  const world = await agedWorld();
  const before = await statusesOf(world);
  const prices = await world.tables.rows('daily_prices');

  const dry = await world.command(['prune', '--older-than', '90d', '--dry-run']);
  expect(await statusesOf(world)).toEqual(before);
  const { exitCode, stdout } = await world.command(['prune', '--older-than', '90d', '--json']);

  const ended = before.all - before.outstanding;
  expect(ended).toBeGreaterThan(20);
  expect(dry.stdout).toMatch(
    new RegExp(`^would delete ${ended} contracts that ended before 2026-09-18`),
  );
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ contracts: ended, runs: 0, isComplete: true });
  expect(await statusesOf(world)).toEqual({
    outstanding: before.outstanding,
    all: before.outstanding,
  });
  expect(prices.length).toBeGreaterThan(10);
  expect(await world.tables.rows('daily_prices')).toEqual(prices);
  const kept = new Set((await world.tables.rows('contracts')).map((row) => row['contract_id']));
  const items = await world.tables.rows('contract_items');
  expect(items.length).toBeGreaterThan(0);
  expect(items.filter((row) => !kept.has(row['contract_id']))).toEqual([]);
  const listed = contractsOf(world.universe);
  const named = new Set(listed.flatMap((row) => [row.issuer_id, row.issuer_corporation_id]));
  const names = await world.tables.rows('esi_names');
  expect(names.map((row) => row['id']).filter((id) => !named.has(Number(id)))).toEqual([]);
  expect(names.length).toBe(named.size);
});

serverTest(
  'the run after a prune changes nothing, and the deleted days keep their prices',
  async () => {
    const world = await agedWorld();
    await world.command(['prune', '--older-than', '90d']);
    const prices = await world.tables.rows('daily_prices', `day < '2026-09-18'`);
    world.esi.roll();
    const { summary } = await world.run([], { OUTCOME_PROBES: '0' });
    expect(summary).toMatchObject({ outcome: 'complete', contracts: { inserted: 0, reopened: 0 } });
    expect(await world.tables.rows('daily_prices', `day < '2026-09-18'`)).toEqual(prices);
  },
);

serverTest('what is younger, and what no run has decided, stays', async () => {
  const world = await agedWorld();
  const before = await statusesOf(world);
  const younger = await world.command(['prune', '--older-than', '101d']);
  expect(younger.stdout).toMatch(/^deleted 0 contracts/);
  await world.tables.execute(
    "UPDATE contracts SET outcome = NULL WHERE contract_id = (SELECT min(contract_id) FROM contracts WHERE status <> 'outstanding')",
  );
  const undecided = await world.command(['prune', '--older-than', '90d']);
  expect(undecided.stdout).toMatch(
    /^deleted 0 contracts that ended before 2026-09-08.*\nwhat ended from 2026-09-08 on is not decided yet/,
  );
  expect(await statusesOf(world)).toEqual(before);
});

serverTest('a time limit and a held lock keep it from deleting', async () => {
  const world = await agedWorld();
  const before = await statusesOf(world);
  const limited = await world.command(['prune', '--older-than', '90d', '--time-limit', '1ms']);
  expect(limited).toMatchObject({ exitCode: 1 });
  expect(limited.stdout).toContain('the time limit came first');
  world.esi.fault({ match: /public\/100/, answer: { kind: 'hang' } });
  world.esi.roll();
  const run = world.startRun();
  await expect.poll(() => world.redis.names()).toContainEqual(expect.stringContaining('lock'));
  expect((await world.command(['prune', '--older-than', '90d'])).exitCode).toBe(75);
  await run.stop();
  expect(await statusesOf(world)).toEqual(before);
});

serverTest('nothing is deleted by default', async () => {
  const world = await startWorld();
  const { exitCode, stderr } = await world.command(['prune']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('--older-than is missing');
});
