import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import { REGION_NAMES } from '../../../src/region-names.ts';
import { startPostgres } from '../../support/private-postgres.ts';
import { contractsOf, withItems } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

/** Regions without contracts of their own cost nothing but their listing. */
const MANY_REGIONS = REGION_NAMES.slice(0, 40).map(({ id }) => id);
/** The category of ships with its groups, the other categories, the regions and their names. */
const MOST_OTHER_REQUESTS = 130;

/** A server that no other test writes to: its WAL is that of the runs alone. */
async function startOwnServer() {
  const server = await startPostgres();
  if (server === undefined) throw new Error('this test needs the binaries of PostgreSQL');
  onTestFinished(() => server.stop());
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  onTestFinished(() => client.end());
  // A page's first change after a checkpoint would write the whole page.
  await client.query('ALTER SYSTEM SET full_page_writes = off');
  await client.query('SELECT pg_reload_conf()');
  const position = 'SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS bytes';
  const readPosition = async () =>
    Number((await client.query<{ bytes: string }>(position, ['0/0'])).rows[0]?.bytes);
  return {
    env: { DATABASE_URL: server.url },
    /** Bytes of WAL that work writes. */
    walOf: async (work: () => Promise<unknown>): Promise<number> => {
      const before = await readPosition();
      await work();
      return (await readPosition()) - before;
    },
  };
}

function requestsByKind({ esi }: World) {
  const of = (kind: Parameters<typeof esi.requestsTo>[0]) => esi.requestsTo(kind).length;
  return {
    total: esi.requests.length,
    listing: of('listing'),
    items: of('items'),
    type: of('type'),
  };
}

serverTest(
  'a first pass asks for what it needs and hardly more, and for nothing twice',
  async () => {
    const world = await startWorld({ contracts: 300, regionIds: MANY_REGIONS });

    const { summary } = await world.run();

    const { total, listing, items, type } = requestsByKind(world);
    const types = new Set([...world.universe.items.values()].flat().map((row) => row.type_id));
    expect(listing).toBe(MANY_REGIONS.length);
    expect(items).toBe(withItems(contractsOf(world.universe)).length);
    expect(type).toBe(types.size);
    expect(total - listing - items - type).toBeLessThanOrEqual(MOST_OTHER_REQUESTS);
    const paths = world.esi.requests.map(({ path }) => path);
    expect(paths).toHaveLength(new Set(paths).size);
    expect(summary.esi.requests).toBe(total);
  },
);

serverTest('a pass over unchanged regions takes a few statements for all of them', async () => {
  const world = await startWorld({ contracts: 100, regionIds: MANY_REGIONS });
  await world.run();
  world.forward(31);
  world.esi.resetRequests();

  const { summary } = await world.run();

  expect(summary.regions).toMatchObject({ total: 40, unchanged: 40 });
  expect(summary.database.statements).toBeLessThanOrEqual(30);
  expect(world.esi.requests.filter(({ kind }) => kind === 'listing')).toHaveLength(40);
  for (const { kind, headers, status } of world.esi.requests) {
    if (kind !== 'listing') continue;
    expect(headers['if-none-match']).toBeDefined();
    expect(status).toBe(304);
  }
});

serverTest('what a pass writes is in proportion to what has changed', async () => {
  const world = await startWorld({ contracts: 2000 });
  const { env, walOf } = await startOwnServer();
  const first = await walOf(() => world.run([], env));

  world.forward(31);
  const unchanged = await walOf(() => world.run([], env));
  const { added, removed } = world.nextListing({ seed: 5, share: 0.015 });
  const churned = await walOf(() => world.run([], env));

  const share = (added.length + removed.length) / 2000;
  expect(share).toBeGreaterThan(0);
  expect(unchanged).toBeLessThan(0.01 * first);
  expect(churned - unchanged).toBeLessThan(2 * share * first);
});

serverTest('every place is used', async () => {
  const world = await startWorld({ contracts: 300, esi: { latencyMs: 40 } });

  await world.run([], { ESI_CONCURRENCY: '6' });

  expect(world.esi.maxInFlight).toBe(6);
});
