import { expect } from 'vitest';
import type { Summary } from '../../src/report/summary.ts';
import { startStoredWorld } from '../support/run-stored-world.ts';
import { TABLES } from '../support/run-tables.ts';
import { contractsOf, pick } from '../support/run-universe.ts';
import { CONTRACTS, serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

/** What a dry run and the run after it must agree on. */
function promised({ contracts, items, regions, shipContracts }: Summary) {
  return { contracts, items, regions, shipContracts };
}

serverTest(
  'a dry run on an empty server tells what a run would store, and stores none',
  async () => {
    const world = await startWorld();

    const dry = await world.run(['--dry-run']);

    expect(dry.summary).toMatchObject({ dryRun: true, outcome: 'complete', exitCode: 0 });
    expect(dry.summary.contracts.inserted).toBe(CONTRACTS);
    expect(await world.tables.names()).toEqual([]);
    expect(await world.redis.names()).toEqual([]);
    const real = await world.run();
    expect(promised(real.summary)).toEqual(promised(dry.summary));
  },
);

serverTest('a dry run over changed regions writes no row and no key', async () => {
  const world = await startStoredWorld();
  const [gone] = contractsOf(world.universe, THE_FORGE);
  pick(contractsOf(world.universe, THE_FORGE), (each) => each !== gone).price = 5;
  world.nextListing({ seed: 3, share: 0.1 });
  const rows = await world.tables.readAll(...TABLES);
  const versions = await world.tables.versions();
  const keys = await world.redis.dump();

  const dry = await world.run(['--dry-run']);

  expect(await world.tables.readAll(...TABLES)).toEqual(rows);
  expect(await world.tables.versions()).toEqual(versions);
  expect(await world.redis.dump()).toEqual(keys);
  const { inserted, closed, updated } = dry.summary.contracts;
  expect(Math.min(inserted, closed, updated)).toBeGreaterThan(0);
  const real = await world.run();
  expect(promised(real.summary)).toEqual(promised(dry.summary));
});

serverTest('a dry run that would refresh and reclassify leaves types and flags alone', async () => {
  const world = await startStoredWorld();
  await world.tables.execute(`UPDATE esi_type_cache SET last_refreshed_at = '2026-07-30Z'`);
  const rows = await world.tables.readAll(...TABLES);

  const { summary } = await world.run(['--dry-run'], { SHIP_GROUP_IDS: '18' });

  expect(summary.exitCode).toBe(0);
  expect(await world.tables.readAll(...TABLES)).toEqual(rows);
});

serverTest('a dry run takes no lock and minds no lock', async () => {
  const world = await startWorld();
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const { summary } = await world.run(['--dry-run']);

  expect(summary).toMatchObject({ dryRun: true, exitCode: 0 });
  expect(await client.get(world.redis.lockKey)).toBe('another run');
});

serverTest('a dry run on a server that is not migrated says what to do', async () => {
  const world = await startWorld();
  await world.tables.execute('CREATE TABLE contracts (contract_id bigint)');

  const { summary } = await world.run(['--dry-run']);

  expect(summary).toMatchObject({ outcome: 'failed', exitCode: 74 });
  expect(summary.failures[0]?.message).toContain('contracts-agg migrate');
  expect(await world.tables.names()).toEqual(['contracts']);
});
