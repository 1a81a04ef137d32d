import { expect } from 'vitest';
import type { Answer, HeaderMap } from '../../../fixtures/local-esi/answers.ts';
import type { FaultAnswer } from '../../../fixtures/local-esi/faults.ts';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { contractsOf, takeAway } from '../../support/run-universe.ts';
import {
  DOMAIN,
  SINQ_LAISON,
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
} from '../../support/run-world.ts';

const FORGE_LISTING = /public\/10000002\b/;
const YEAR_MS = 365 * 86_400_000;

function withHeaders(change: (sent: HeaderMap) => HeaderMap): FaultAnswer {
  const rewrite = (answer: Answer) => ({
    ...answer,
    headers: { ...answer.headers, ...change(answer.headers) },
  });
  return { kind: 'rewrite', rewrite };
}

function later(time: unknown, byMs: number): string {
  return new Date(Date.parse(String(time)) + byMs).toUTCString();
}

function idsOf(world: World): number[] {
  return contractsOf(world.universe, THE_FORGE).map(({ contract_id: id }) => id);
}

serverTest('an X-Pages that is too small closes nothing of the pages that it hides', async () => {
  const world = await startStoredWorld({ contracts: 100, esi: { pageSize: 20 } });
  const ids = idsOf(world);
  expect(ids.length).toBeGreaterThan(60);
  takeAway(world.universe, THE_FORGE, (each) => each.contract_id === ids[5]);
  world.nextListing();
  world.esi.fault({ match: FORGE_LISTING, answer: withHeaders(() => ({ 'X-Pages': '3' })) });

  const { summary } = await world.run();

  // What is missing below the last id listed has gone; of what lies above nothing is said.
  expect(summary.contracts).toMatchObject({ listed: expect.any(Number), closed: 1, expired: 0 });
  await world.expectTruth();
  world.esi.clearFaults();
  world.nextListing();
  expect((await world.run()).summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  await world.expectTruth();
});

serverTest(
  'a later page that is not there fails its region alone, and closes nothing',
  async () => {
    const world = await startStoredWorld({ contracts: 100, esi: { pageSize: 20 } });
    const before = await world.tables.rows('contracts', `region_id = ${THE_FORGE}`);
    world.nextListing({ seed: 4, share: 0.2 });
    world.esi.resetRequests();
    world.esi.fault({ match: /10000002\?page=3/, answer: { kind: 'status', status: 404 } });

    const { summary } = await world.run();

    expect(summary).toMatchObject({ exitCode: 1, failures: [{ regionId: THE_FORGE }] });
    expect(await world.tables.rows('contracts', `region_id = ${THE_FORGE}`)).toEqual(before);
    await world.expectTruth({ regionIds: [DOMAIN, SINQ_LAISON] });
    const missing = world.esi.requests.filter(({ status }) => status === 404);
    expect(missing.length).toBeLessThanOrEqual(4);
  },
);

serverTest('a listing older than the one stored changes nothing: a cache of ESI lags', async () => {
  const world = await startStoredWorld();
  const old = await fetch(`${world.esi.url}/contracts/public/${THE_FORGE}?page=1`);
  const { date: _, ...headers } = Object.fromEntries(old.headers);
  const text = await old.text();
  world.nextListing({ seed: 4, share: 0.3 });
  await world.run();
  await world.expectTruth();
  const ofForge = `region_id = ${THE_FORGE}`;
  const before = await world.tables.readAll('contracts', 'contract_items');
  const regionBefore = await world.tables.rows('regions', ofForge);
  world.nextListing();
  world.esi.fault({ match: FORGE_LISTING, answer: { kind: 'raw', status: 200, headers, text } });

  const { summary } = await world.run();

  expect(summary.failures).toMatchObject([
    { regionId: THE_FORGE, message: expect.stringContaining('older') },
  ]);
  expect(await world.tables.readAll('contracts', 'contract_items')).toEqual(before);
  expect(await world.tables.rows('regions', ofForge)).toEqual(regionBefore);
  world.esi.clearFaults();
  expect((await world.run()).summary).toMatchObject({ exitCode: 0, failureCount: 0 });
  await world.expectTruth();
});

serverTest('a row without a readable id may be any contract, so none is closed', async () => {
  const world = await startStoredWorld();
  const ids = idsOf(world);
  const [regionBefore] = await world.tables.rows('regions', `region_id = ${THE_FORGE}`);
  takeAway(world.universe, THE_FORGE, (each) => each.contract_id === ids[1]);
  world.nextListing();
  const transform = (body: unknown) =>
    (body as { contract_id: number }[]).map((row) => (row.contract_id === ids[0] ? {} : row));
  world.esi.fault({ match: FORGE_LISTING, answer: { kind: 'body', transform } });

  const { summary, log } = await world.run();

  expect(summary).toMatchObject({
    exitCode: 0,
    contracts: { closed: 0, expired: 0, skipped: 1 },
    failures: [{ regionId: THE_FORGE, message: expect.stringContaining('without a readable id') }],
  });
  expect(log).toContainEqual(expect.objectContaining({ level: 'error', regionId: THE_FORGE }));
  expect(await world.tables.rows('contracts', `status <> 'outstanding'`)).toEqual([]);
  const [region] = await world.tables.rows('regions', `region_id = ${THE_FORGE}`);
  expect(region?.['snapshot_last_modified']).toBe(regionBefore?.['snapshot_last_modified']);
  world.esi.clearFaults();
  world.nextListing();
  expect((await world.run()).summary.contracts).toMatchObject({ closed: 1, skipped: 0 });
  await world.expectTruth();
});

serverTest(
  'a Date that is a year ahead expires nothing above a listing that was cut off',
  async () => {
    const world = await startWorld({
      contracts: 150,
      regionIds: [THE_FORGE],
      esi: { pageSize: 4 },
    });
    const ids = idsOf(world);
    const putBack = takeAway(
      world.universe,
      THE_FORGE,
      ({ contract_id: id }) => id < (ids[20] ?? 0),
    );
    world.esi.roll();
    await world.run();
    putBack();
    world.nextListing();
    const answer = withHeaders((sent) => ({ Date: later(sent['Date'], YEAR_MS) }));
    world.esi.fault({ match: FORGE_LISTING, answer });

    const { summary } = await world.run();

    expect(await world.tables.rows('regions', 'capped')).toHaveLength(1);
    expect(summary.contracts).toMatchObject({ listed: 140, closed: 0, expired: 0 });
  },
);

serverTest(
  'an Expires a century ahead is believed for as long as ESI caches listings',
  async () => {
    const world = await startWorld();
    const answer = withHeaders((sent) => ({ Expires: later(sent['Date'], 100 * YEAR_MS) }));
    world.esi.fault({ match: /./, answer });
    await world.run();
    await world.expectTruth();
    world.nextListing({ seed: 4, share: 0.2 });

    await world.run();

    await world.expectTruth();
  },
);

serverTest(
  'a 304 for a list that did change is believed, and hurts nobody when it ends',
  async () => {
    const world = await startStoredWorld();
    const before = await world.tables.versions();
    world.nextListing({ seed: 4, share: 0.2 });
    const rewrite = (answer: Answer): Answer => ({ ...answer, status: 304, body: '' });
    world.esi.fault({ match: /contracts\/public\/\d+\?/, answer: { kind: 'rewrite', rewrite } });

    const { summary } = await world.run();

    expect(summary).toMatchObject({ exitCode: 0, regions: { unchanged: 3 } });
    expect(await world.tables.versions()).toEqual(before);
    world.esi.clearFaults();
    world.forward(31);
    expect((await world.run()).summary.exitCode).toBe(0);
    await world.expectTruth();
  },
);

serverTest(
  'an ESI that goes down in the middle of a pass keeps what was stored before',
  async () => {
    const world = await startWorld({ contracts: 400 });
    world.esi.fault({ match: /./, skip: 200, answer: { kind: 'status', status: 502 } });

    const { summary } = await world.run([], { DB_BATCH_SIZE: '50' });

    expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
    expect(summary.failures.some(({ message }) => message.includes('times in a row'))).toBe(true);
    expect(world.esi.requests.length).toBeLessThan(200 + 60 + 2 * 32);
    const fetched = await world.tables.rows('contracts', `items_status = 'fetched'`);
    expect(fetched.length).toBeGreaterThan(20);
    expect(await world.tables.rows('contracts', `items_status = 'unavailable'`)).toEqual([]);
    world.esi.clearFaults();
    world.esi.resetRequests();
    expect((await world.run()).summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
    const again = new Set(world.esi.requestsTo('items').map(({ path }) => path));
    for (const row of fetched) {
      expect(again).not.toContain(`/contracts/public/items/${row['contract_id']}?page=1`);
    }
  },
);

serverTest('an empty list of regions is no pass that is complete', async () => {
  const world = await startWorld();
  const answer: FaultAnswer = { kind: 'body', transform: () => [] };
  world.esi.fault({ match: /universe\/regions$/, answer });

  const { summary } = await world.run([], { REGION_IDS: 'all' });

  expect(summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
  world.esi.clearFaults();
  expect((await world.run([], { REGION_IDS: 'all' })).summary.exitCode).toBe(0);
  await world.expectTruth();
});
