import { expect } from 'vitest';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { TABLES } from '../../support/run-tables.ts';
import { CONTRACTS, serverTest } from '../../support/run-world.ts';

const EMPTY_ALL = `TRUNCATE ${TABLES.join(', ')}`;
const DROP_ALL = 'DROP SCHEMA public CASCADE; CREATE SCHEMA public';
const BACK_UP = `CREATE SCHEMA backup; ${TABLES.map(
  (name) => `CREATE TABLE backup.${name} AS TABLE ${name}`,
).join('; ')}`;
const RESTORE = `${EMPTY_ALL}; ${TABLES.map(
  (name) => `INSERT INTO ${name} SELECT * FROM backup.${name}`,
).join('; ')}`;

serverTest.each([
  ['emptied', EMPTY_ALL],
  ['dropped and made anew', DROP_ALL],
  ['robbed of half its contracts', 'DELETE FROM contracts WHERE contract_id % 2 = 0'],
  ['robbed of its contracts, but not of its regions', 'DELETE FROM contracts'],
])('a database fills again after it was %s', async (_, sql) => {
  const world = await startStoredWorld();
  await world.tables.execute(sql);
  world.forgetStored();
  world.esi.resetRequests();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, regions: { succeeded: 3, failed: 0 } });
  expect(world.esi.requestsTo('listing')).toEqual([]);
});

serverTest('a database fills again when ESI answers 304', async () => {
  const world = await startStoredWorld();
  await world.tables.execute(EMPTY_ALL);
  world.forgetStored();
  world.nextListing();
  world.esi.resetRequests();

  await world.run();

  await world.expectTruth();
  const statuses = world.esi.requestsTo('listing').map(({ status }) => status);
  expect(statuses).toEqual([304, 304, 304]);
});

serverTest('a database is brought up to date when it was restored from an old backup', async () => {
  const world = await startStoredWorld();
  await world.tables.execute(BACK_UP);
  world.nextListing({ seed: 3, share: 0.1 });
  await world.run();
  await world.tables.execute(RESTORE);

  await world.run();

  await world.expectTruth();
});

serverTest(
  'a database fills again when the cache has lost the bodies of the listings too',
  async () => {
    const world = await startStoredWorld();
    const client = await world.redis.client();
    for (const name of await world.redis.names()) {
      if (name.includes('/contracts/public/')) await client.hDel(name, 'body');
    }
    await world.tables.execute(EMPTY_ALL);
    world.forgetStored();
    world.nextListing();

    const { summary } = await world.run();

    await world.expectTruth();
    expect(summary).toMatchObject({ exitCode: 0, contracts: { inserted: CONTRACTS } });
  },
);

serverTest('an emptied cache costs the listings again, and no item, type or row', async () => {
  const world = await startStoredWorld();
  const before = await world.tables.versions();
  await world.redis.clear();
  world.esi.resetRequests();

  const { summary } = await world.run();

  expect(world.esi.requestsTo('items')).toEqual([]);
  expect(world.esi.requestsTo('type')).toEqual([]);
  expect(world.esi.requestsTo('listing').map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await world.tables.versions()).toEqual(before);
  expect(summary.contracts).toMatchObject({
    listed: CONTRACTS,
    inserted: 0,
    updated: 0,
    closed: 0,
  });
  await world.expectTruth();
});
