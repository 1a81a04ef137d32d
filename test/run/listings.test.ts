import { expect } from 'vitest';
import { startStoredWorld } from '../support/run-stored-world.ts';
import { contractsOf, takeAway } from '../support/run-universe.ts';
import { DOMAIN, SINQ_LAISON, serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

serverTest.each([
  ['its listing answers 500', /^\/contracts\/public\/10000002\b/, 500],
  ['one page of many answers 503', /^\/contracts\/public\/10000002\?page=2/, 503],
])('a region of which %s fails alone, and nothing of it is closed', async (_, match, status) => {
  const world = await startStoredWorld({ esi: { pageSize: 40 } });
  const before = await world.tables.rows('contracts', `region_id = ${THE_FORGE}`);
  world.nextListing({ seed: 4, share: 0.2 });
  world.esi.fault({ match, answer: { kind: 'status', status } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({
    outcome: 'partial',
    exitCode: 1,
    regions: { total: 3, succeeded: 2, failed: 1 },
    failures: [{ regionId: THE_FORGE, message: expect.stringContaining(String(status)) }],
    failureCount: 1,
  });
  expect(await world.tables.rows('contracts', `region_id = ${THE_FORGE}`)).toEqual(before);
  await world.expectTruth({ regionIds: [DOMAIN, SINQ_LAISON] });
  world.esi.clearFaults();
  expect((await world.run()).summary.exitCode).toBe(0);
  await world.expectTruth();
});

serverTest('a listing that is no array fails its region alone', async () => {
  const world = await startWorld();
  const transform = () => ({ error: 'The datasource tranquility is temporarily unavailable' });
  world.esi.fault({ match: /public\/10000043\b/, answer: { kind: 'body', transform } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ exitCode: 1, failures: [{ regionId: DOMAIN }] });
  expect(await world.tables.rows('contracts', `region_id = ${DOMAIN}`)).toEqual([]);
  await world.expectTruth({ regionIds: [THE_FORGE, SINQ_LAISON] });
});

serverTest('an ESI that is down ends the run as partial, after few requests', async () => {
  const world = await startStoredWorld();
  const before = await world.tables.versions();
  world.nextListing({ seed: 4, share: 0.2 });
  world.esi.resetRequests();
  world.esi.fault({ match: /./, answer: { kind: 'status', status: 503 } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1, regions: { failed: 3 } });
  expect(await world.tables.versions()).toEqual(before);
  expect(world.esi.requests.length).toBeLessThan(20);
});

serverTest('a listing that changes while it is read is read again, as one snapshot', async () => {
  const world = await startStoredWorld({ regionIds: [THE_FORGE], esi: { pageSize: 20 } });
  world.nextListing();
  let gone: readonly number[] = [];
  const run = () => {
    gone = world.nextListing({ seed: 8, share: 0.2 }).removed;
  };
  world.esi.fault({ match: /10000002\?page=3/, times: 1, answer: { kind: 'call', run } });

  const { summary } = await world.run();

  expect(gone.length).toBeGreaterThan(5);
  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, regions: { succeeded: 1 } });
});

serverTest('a contract that stays on two pages makes absence prove nothing', async () => {
  const world = await startStoredWorld({ esi: { pageSize: 40 } });
  const rows = contractsOf(world.universe, THE_FORGE);
  takeAway(world.universe, THE_FORGE, (contract) => contract === rows[10]);
  world.nextListing();
  const transform = (page: unknown) => [rows[0], ...(page as unknown[]).slice(1)];
  world.esi.fault({ match: /10000002\?page=2/, answer: { kind: 'body', transform } });

  const { summary } = await world.run();

  expect(summary.contracts).toMatchObject({ closed: 0, expired: 0 });
  world.esi.clearFaults();
  world.nextListing();
  expect((await world.run()).summary.contracts).toMatchObject({ closed: 1, expired: 0 });
  await world.expectTruth();
});

serverTest('a listing cut off at 35 full pages says nothing of what lies above it', async () => {
  const world = await startWorld({ contracts: 150, regionIds: [THE_FORGE], esi: { pageSize: 4 } });
  const all = contractsOf(world.universe, THE_FORGE);
  const putBack = takeAway(world.universe, THE_FORGE, (each) => all.indexOf(each) < 20);
  // The last one ends in 20 minutes, listed or not.
  Object.assign(all.at(-1) ?? {}, { date_expired: '2026-09-08T12:20:00Z' });
  world.esi.roll();
  await world.run();
  expect(await world.tables.rows('regions', 'capped')).toEqual([]);
  putBack();
  takeAway(world.universe, THE_FORGE, (each) => each === all[60] || each === all[61]);
  world.nextListing();

  const { summary } = await world.run();

  expect(await world.tables.rows('regions')).toMatchObject([
    { capped: true, listed_contracts: 140 },
  ]);
  expect(summary.contracts).toMatchObject({ listed: 140, inserted: 20, closed: 2, expired: 1 });
  const gone = await world.tables.rows('contracts', `status <> 'outstanding'`);
  expect(gone.map((row) => [row['contract_id'], row['status']])).toEqual([
    [all[60]?.contract_id, 'closed'],
    [all[61]?.contract_id, 'closed'],
    [all.at(-1)?.contract_id, 'expired'],
  ]);
  const above = all.slice(142, -1).map(({ contract_id: id }) => id);
  const kept = await world.tables.rows('contracts', `contract_id IN (${above})`);
  expect(kept.map((row) => row['status'])).toEqual(above.map(() => 'outstanding'));
});

serverTest(
  'a listing that lost most contracts closes none until the next says the same',
  async () => {
    const world = await startStoredWorld({ contracts: 150, regionIds: [THE_FORGE] });
    const before = await world.tables.versions();
    const all = contractsOf(world.universe, THE_FORGE);
    takeAway(world.universe, THE_FORGE, (contract) => all.indexOf(contract) % 3 > 0);
    world.nextListing();

    const first = await world.run();

    expect(first.summary.contracts).toMatchObject({ closed: 0, expired: 0 });
    const warning = { level: 'warn', regionId: THE_FORGE };
    expect(first.log).toContainEqual(expect.objectContaining(warning));
    world.forward(31);
    expect((await world.run()).summary.contracts).toMatchObject({ closed: 0, expired: 0 });
    expect(await world.tables.versions()).toEqual(before);
    world.nextListing();
    expect((await world.run()).summary.contracts).toMatchObject({ closed: 150 - 50, expired: 0 });
    await world.expectTruth();
  },
);

serverTest('a listing that lost most contracts for a moment closes none', async () => {
  const world = await startStoredWorld({ contracts: 150, regionIds: [THE_FORGE] });
  const before = await world.tables.versions();
  const putBack = takeAway(world.universe, THE_FORGE, () => true);
  world.nextListing();
  await world.run();
  putBack();
  world.nextListing();

  await world.run();

  expect(await world.tables.versions()).toEqual(before);
  await world.expectTruth();
});
