import { expect } from 'vitest';
import type { RouteKind } from '../../fixtures/local-esi/routes.ts';
import { contractsOf, itemsOf, withItems } from '../support/run-universe.ts';
import { START, serverTest, startWorld, type World } from '../support/run-world.ts';

const PAGE_SIZE = 40;
/** Regions, ship groups and categories: what a run needs to know beside contracts and types. */
const OTHER_REQUESTS_AT_MOST = 110;

function countRequests({ esi }: World, kind: RouteKind): number {
  return esi.requestsTo(kind).length;
}

/** For what there is one of for each page, contract or type. */
function isMain({ kind }: { kind: RouteKind }): boolean {
  return kind === 'listing' || kind === 'items' || kind === 'type';
}

function pages(rows: number): number {
  return Math.max(1, Math.ceil(rows / PAGE_SIZE));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function typeIdsOf({ universe }: World): Set<number> {
  return new Set([...universe.items.values()].flat().map((item) => item.type_id));
}

serverTest('a first run stores every contract with its items and flags, and says so', async () => {
  const world = await startWorld({ esi: { pageSize: PAGE_SIZE } });
  const contracts = contractsOf(world.universe).length;

  const { summary } = await world.run();

  await world.expectTruth();
  const ships = await world.tables.rows('contracts', 'is_ship_contract');
  expect(ships.length).toBeGreaterThan(10);
  expect(summary).toMatchObject({
    outcome: 'complete',
    exitCode: 0,
    dryRun: false,
    regions: { total: 3, succeeded: 3, failed: 0, unchanged: 0 },
    contracts: { listed: contracts, inserted: contracts, updated: 0, closed: 0, expired: 0 },
    shipContracts: ships.length,
    items: { inserted: sum([...world.universe.items.values()].map((rows) => rows.length)) },
    types: { discovered: typeIdsOf(world).size, refreshed: 0, failed: 0 },
    esi: { requests: world.esi.requests.length, cacheHits: 0, retries: 0, errors: 0 },
    failures: [],
    failureCount: 0,
  });
});

serverTest('a first run records the regions, the types and itself', async () => {
  const world = await startWorld();

  const { summary } = await world.run();

  const stored = await world.tables.readAll('regions', 'esi_type_cache', 'aggregation_runs');
  const names = [...world.universe.regions.values()].map(({ name }) => name).sort();
  expect(stored.regions.map((row) => row['name']).sort()).toEqual(names);
  for (const row of stored.regions) {
    expect(new Date(String(row['snapshot_last_modified']))).toEqual(START);
    expect(row).toMatchObject({ capped: false, checked_at: expect.any(String) });
  }
  const typeIds = stored.esi_type_cache.map((row) => row['type_id']);
  expect(new Set(typeIds)).toEqual(typeIdsOf(world));
  for (const row of stored.esi_type_cache) {
    const type = world.universe.types.get(Number(row['type_id']));
    const group = world.universe.groups.get(type?.group_id ?? 0);
    expect(row).toMatchObject({
      name: type?.name,
      group_id: group?.group_id,
      category_id: group?.category_id,
      published: true,
      volume: type?.volume ?? null,
      packaged_volume: type?.packaged_volume ?? null,
      market_group_id: type?.market_group_id ?? null,
      refresh_error: null,
    });
  }
  // The writing of its own row is the last that a run counts, so the row cannot know of it.
  const { database, ...known } = summary;
  expect(stored.aggregation_runs).toHaveLength(1);
  expect(stored.aggregation_runs[0]).toMatchObject({
    run_id: summary.runId,
    started_at: expect.any(String),
    finished_at: expect.any(String),
    outcome: 'complete',
    exit_code: 0,
    summary: known,
  });
  expect(database.rowsWritten).toBeGreaterThan(contractsOf(world.universe).length);
});

serverTest(
  'a first run asks for each page, each contract and each type once, and for little else',
  async () => {
    const world = await startWorld({ esi: { pageSize: PAGE_SIZE } });
    const { esi, universe } = world;

    await world.run();

    const urls = esi.requests.map(({ method, path }) => `${method} ${path}`);
    expect(urls.filter((url, index) => urls.indexOf(url) !== index)).toEqual([]);
    const listingPages = [...universe.contracts.values()].map((rows) => pages(rows.length));
    expect(countRequests(world, 'listing')).toBe(sum(listingPages));
    const itemPages = withItems(contractsOf(universe)).map((contract) =>
      pages(itemsOf(universe, contract).length),
    );
    expect(Math.max(...itemPages)).toBeGreaterThan(1);
    expect(countRequests(world, 'items')).toBe(sum(itemPages));
    expect(countRequests(world, 'type')).toBe(typeIdsOf(world).size);
    const others = esi.requests.filter((request) => !isMain(request));
    expect(others.length).toBeLessThanOrEqual(OTHER_REQUESTS_AT_MOST);
    expect(esi.requests.every(({ status }) => status === 200)).toBe(true);
  },
);

serverTest('a first run stores rows that hold no more than the required fields', async () => {
  const world = await startWorld();
  for (const [regionId, rows] of world.universe.contracts) {
    const bare = rows.map(({ contract_id, issuer_id, issuer_corporation_id, type, ...rest }) => {
      const { date_issued, date_expired } = rest;
      return { contract_id, issuer_id, issuer_corporation_id, type, date_issued, date_expired };
    });
    world.universe.contracts.set(regionId, bare);
  }
  world.esi.roll();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ exitCode: 0, contracts: { inserted: 60, skipped: 0 } });
});

serverTest(
  'a first run reads every region that ESI lists when it is told to read all',
  async () => {
    const world = await startWorld();

    const { summary } = await world.run([], { REGION_IDS: 'all' });

    await world.expectTruth();
    expect(summary.regions).toMatchObject({ total: 3, succeeded: 3 });
  },
);

serverTest('a first run sends who it is, and asks by the pinned date', async () => {
  const world = await startWorld({ contracts: 20 });

  await world.run([], { ESI_CONTACT: 'someone@example.com' });

  for (const { headers } of world.esi.requests) {
    expect(headers['user-agent']).toMatch(/^contracts-agg\/\S+ \(someone@example\.com\)$/);
    expect(headers['x-compatibility-date']).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});
