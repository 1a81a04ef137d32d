import { expect } from 'vitest';
import { contractsOf } from '../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const UNKNOWN = 'ESI does not know this id (404)';

function issuersOf(world: World): number[] {
  const contracts = contractsOf(world.universe);
  return [...new Set(contracts.flatMap((row) => [row.issuer_id, row.issuer_corporation_id]))].sort(
    (a, b) => a - b,
  );
}

/** The POSTs, each with the ids that it asked for. */
function namesAsked(world: World): number[][] {
  return world.esi.requestsTo('names').map(({ body }) => JSON.parse(body) as number[]);
}

async function storedNames(world: World) {
  const rows = await world.tables.rows('esi_names');
  return new Map(rows.map((row) => [Number(row['id']), row]));
}

serverTest('issuers and corporations get their names, after their contracts', async () => {
  const world = await startWorld({ contracts: 120 });
  const ids = issuersOf(world);

  const { summary } = await world.run();

  const names = await storedNames(world);
  expect([...names.keys()].sort((a, b) => a - b)).toEqual(ids);
  for (const [id, row] of names) {
    const isCorporation = id >= 98_000_000 && id < 99_000_000;
    expect(row).toMatchObject({
      category: isCorporation ? 'corporation' : 'character',
      name: `${isCorporation ? 'Corporation' : 'Pilot'} ${id}`,
      refresh_error: null,
    });
  }
  expect(namesAsked(world).map((asked) => asked.length)).toEqual([ids.length]);
  expect(summary.names).toEqual({ resolved: ids.length, missing: 0 });
  const kinds = world.esi.requests.map(({ kind }) => kind);
  expect(kinds.indexOf('names')).toBeGreaterThan(kinds.lastIndexOf('items'));
});

serverTest('a dead id is found by halves, remembered, and costs the others nothing', async () => {
  const world = await startWorld({ contracts: 120 });
  const ids = issuersOf(world);
  const dead = ids[17] ?? 0;
  world.universe.deadIds.add(dead);

  const first = await world.run();
  const asked = namesAsked(world);
  world.nextListing();
  world.esi.resetRequests();
  const second = await world.run();

  const names = await storedNames(world);
  expect(names.get(dead)).toMatchObject({ name: null, category: null, refresh_error: UNKNOWN });
  expect([...names.values()].filter((row) => row['name'] === null)).toHaveLength(1);
  expect(first.summary).toMatchObject({
    outcome: 'complete',
    names: { resolved: ids.length - 1, missing: 1 },
  });
  expect(asked.length).toBeLessThan(2 * Math.ceil(Math.log2(ids.length)) + 2);
  expect(namesAsked(world)).toEqual([]);
  expect(second.summary.names).toEqual({ resolved: 0, missing: 1 });
});

serverTest(
  'an ESI that refuses every name is asked a few times, and the run is complete',
  async () => {
    const world = await startWorld({ contracts: 120 });
    for (const id of issuersOf(world)) world.universe.deadIds.add(id);

    const { summary } = await world.run();

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, names: { resolved: 0 } });
    expect(summary.names.missing).toBe(issuersOf(world).length);
    expect(namesAsked(world).length).toBeLessThanOrEqual(24);
  },
);

serverTest('an issuer who is renamed is called by the new name when names are old', async () => {
  const world = await startWorld({ contracts: 30 });
  await world.run();
  const [renamed = 0, gone = 0] = issuersOf(world);
  world.universe.names.set(renamed, 'Somebody Else');
  world.universe.deadIds.add(gone);
  world.nextListing();
  world.esi.resetRequests();

  await world.run([], { TYPE_REFRESH_DAYS: '1' });
  expect(namesAsked(world)).toEqual([]);
  world.forward(2 * 24 * 60);
  world.nextListing();
  await world.run([], { TYPE_REFRESH_DAYS: '1' });

  const names = await storedNames(world);
  expect(names.get(renamed)).toMatchObject({ name: 'Somebody Else', refresh_error: null });
  // A known name is never blanked.
  expect(names.get(gone)).toMatchObject({ name: `Pilot ${gone}`, refresh_error: UNKNOWN });
});

serverTest('ENRICH_LIMIT bounds the requests, and the newest contracts come first', async () => {
  const world = await startWorld({ contracts: 40, regionIds: [THE_FORGE] });

  const none = await world.run([], { ENRICH_LIMIT: '0' });
  expect(world.esi.requestsTo('names')).toEqual([]);
  expect(none.summary.names).toEqual({ resolved: 0, missing: issuersOf(world).length });
  world.nextListing();
  await world.run([], { ENRICH_LIMIT: '1' });

  const newest = contractsOf(world.universe).at(-1);
  expect(namesAsked(world)).toHaveLength(1);
  expect(namesAsked(world)[0]).toContain(newest?.issuer_id);
  expect(namesAsked(world)[0]?.slice(0, 2)).toContain(newest?.issuer_id);
});

serverTest(
  'what a run had no time to name is named by the next, though no contract changes',
  async () => {
    const world = await startWorld({ contracts: 30, regionIds: [THE_FORGE] });
    const late = /^\/contracts\/public\/items\//;
    world.esi.fault({ match: late, skip: 5, times: 1, answer: { kind: 'hang' } });

    const first = await world.run(['--time-limit', '4s'], { ESI_TIMEOUT_MS: '6000' });
    const second = await world.run();

    expect(first.summary).toMatchObject({ outcome: 'partial', exitCode: 1 });
    expect(first.summary.names).toEqual({ resolved: 0, missing: issuersOf(world).length });
    expect(second.summary.contracts).toMatchObject({ inserted: 0, updated: 0, reopened: 0 });
    expect(second.summary.names).toEqual({ resolved: issuersOf(world).length, missing: 0 });
  },
);

serverTest('the id of a structure is never asked for a name', async () => {
  const world = await startWorld({ contracts: 30, regionIds: [THE_FORGE] });
  const structure = 1_035_000_000_001;
  Object.assign(contractsOf(world.universe)[0] ?? {}, { issuer_id: structure });
  world.esi.roll();

  const { summary } = await world.run();

  expect(namesAsked(world).flat()).not.toContain(structure);
  expect(summary.names.missing).toBe(0);
});

serverTest('a dry run asks for no names', async () => {
  const world = await startWorld({ contracts: 40 });

  await world.run(['--dry-run']);

  expect(world.esi.requestsTo('names')).toEqual([]);
});

serverTest(
  'names that ESI fails to tell change nothing of the outcome; the next run asks',
  async () => {
    const world = await startWorld({ contracts: 40 });
    world.esi.fault({ match: /^\/universe\/names/, answer: { kind: 'status', status: 400 } });

    const { summary } = await world.run();
    world.esi.clearFaults();
    world.nextListing();
    const second = await world.run();

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, names: { resolved: 0 } });
    expect(second.summary.names).toEqual({ resolved: issuersOf(world).length, missing: 0 });
  },
);
