import { expect } from 'vitest';
import { contractsOf } from '../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const JITA_4_4 = 60003760;
const JITA = 30000142;
const AMARR = 30002187;
const NEW_STATION = 60999001;
const NEW_SYSTEM = 30999001;
const NEW_CONSTELLATION = 20999001;
const DEAD_STATION = 60999002;
const STRUCTURE = 1_035_000_000_001;

async function rowsById(world: World, table: 'locations' | 'systems' | 'constellations') {
  const key = {
    locations: 'location_id',
    systems: 'system_id',
    constellations: 'constellation_id',
  };
  const rows = await world.tables.rows(table);
  return new Map(rows.map((row) => [Number(row[key[table]]), row]));
}

function placesAsked(world: World): string[] {
  const kinds = ['station', 'system', 'stargate', 'constellation'] as const;
  return kinds.flatMap((kind) => world.esi.requestsTo(kind).map(({ path }) => path)).sort();
}

/** Requests for groups and categories. */
function groupsAsked(world: World): number {
  return world.esi.requestsTo('group').length + world.esi.requestsTo('category').length;
}

/** Those of them that are not of ships. */
function otherGroupsAsked(world: World): number {
  const { groups } = world.universe;
  const isOfShips = (id: number) => groups.get(id)?.category_id === 6;
  const ids = world.esi.requestsTo('group').map(({ path }) => Number(path.split('/').at(-1)));
  return ids.filter((id) => !isOfShips(id)).length;
}

/** The first contracts of The Forge, so many, moved to places. */
function move(world: World, ...places: readonly number[]): void {
  for (const [index, place] of places.entries()) {
    const contract = contractsOf(world.universe, THE_FORGE)[index] ?? {};
    Object.assign(contract, { start_location_id: place, end_location_id: place });
  }
  world.esi.roll();
}

serverTest(
  'the map is there after the first run, though ESI was asked for nothing of it',
  async () => {
    const world = await startWorld({ contracts: 20, regionIds: [THE_FORGE] });

    const { summary } = await world.run();

    const locations = await rowsById(world, 'locations');
    expect(locations.get(JITA_4_4)).toEqual({
      location_id: JITA_4_4,
      kind: 'station',
      name: 'Jita IV - Moon 4 - Caldari Navy Assembly Plant',
      system_id: JITA,
      type_id: null,
      last_refreshed_at: null,
      refresh_error: null,
    });
    const systems = await rowsById(world, 'systems');
    expect(systems.get(AMARR)).toMatchObject({ name: 'Amarr', region_id: 10000043 });
    expect(placesAsked(world)).toEqual([]);
    expect(summary.places.missing).toBe(0);
  },
);

serverTest(
  'unknown stations, systems and constellations are asked for, once; structures never',
  async () => {
    const world = await startWorld({ contracts: 20, regionIds: [THE_FORGE] });
    const { universe } = world;
    universe.systemOfStation.set(NEW_STATION, NEW_SYSTEM);
    universe.constellationOfSystem.set(NEW_SYSTEM, NEW_CONSTELLATION);
    universe.gates.set(50999001, [NEW_SYSTEM, JITA]);
    universe.deadIds.add(DEAD_STATION);
    move(world, NEW_STATION, DEAD_STATION, STRUCTURE, AMARR, 40_000_000);

    const { summary } = await world.run();
    const first = placesAsked(world);
    world.nextListing();
    await world.run();

    expect(first).toEqual([
      `/universe/constellations/${NEW_CONSTELLATION}`,
      '/universe/stargates/50999001',
      `/universe/stations/${NEW_STATION}`,
      `/universe/stations/${DEAD_STATION}`,
      `/universe/systems/${NEW_SYSTEM}`,
    ]);
    expect(placesAsked(world)).toEqual(first);
    const locations = await rowsById(world, 'locations');
    expect(locations.get(NEW_STATION)).toMatchObject({
      kind: 'station',
      name: `Station ${NEW_STATION}`,
      system_id: NEW_SYSTEM,
      type_id: 52_678,
      refresh_error: null,
    });
    expect(locations.get(DEAD_STATION)).toMatchObject({
      kind: 'station',
      name: null,
      system_id: null,
      refresh_error: 'ESI does not know this station (404)',
    });
    const nameless = { name: null, type_id: null, last_refreshed_at: null, refresh_error: null };
    expect(locations.get(STRUCTURE)).toMatchObject({
      kind: 'structure',
      system_id: null,
      ...nameless,
    });
    expect(locations.get(AMARR)).toMatchObject({ kind: 'other', system_id: AMARR, ...nameless });
    expect(locations.get(40_000_000)).toMatchObject({
      kind: 'other',
      system_id: null,
      ...nameless,
    });
    const systems = await rowsById(world, 'systems');
    expect(systems.get(NEW_SYSTEM)).toMatchObject({
      name: `System ${NEW_SYSTEM}`,
      constellation_id: NEW_CONSTELLATION,
      region_id: THE_FORGE,
      security_status: -0.25,
    });
    const jumps = await world.tables.rows(
      'system_jumps',
      `${NEW_SYSTEM} IN (from_system_id, to_system_id)`,
    );
    expect(jumps).toHaveLength(2);
    const constellations = await rowsById(world, 'constellations');
    expect(constellations.get(NEW_CONSTELLATION)).toMatchObject({ region_id: THE_FORGE });
    expect(summary.places).toEqual({ resolved: 2, missing: 2 });
  },
);

serverTest(
  'a place that ESI fails to tell of costs the run nothing, and the next one asks',
  async () => {
    const world = await startWorld({ contracts: 20, regionIds: [THE_FORGE] });
    move(world, NEW_STATION, STRUCTURE);
    world.esi.fault({ match: /^\/universe\/stations/, answer: { kind: 'status', status: 400 } });

    const first = await world.run();
    world.esi.clearFaults();
    world.nextListing();
    const second = await world.run();

    expect(first.summary).toMatchObject({
      outcome: 'complete',
      exitCode: 0,
      places: { resolved: 0, missing: 1 },
      names: { missing: 0 },
    });
    expect(second.summary.places).toEqual({ resolved: 1, missing: 0 });
  },
);

serverTest('couriers get their routes, each pair of systems once', async () => {
  const world = await startWorld({ contracts: 40, regionIds: [THE_FORGE] });
  const [toAmarr, alsoToAmarr, within, toNowhere] = contractsOf(world.universe, THE_FORGE);
  const AMARR_VIII = 60008494;
  for (const contract of [toAmarr, alsoToAmarr, within, toNowhere]) {
    Object.assign(contract ?? {}, { type: 'courier', start_location_id: JITA_4_4 });
  }
  Object.assign(toAmarr ?? {}, { end_location_id: AMARR_VIII });
  Object.assign(alsoToAmarr ?? {}, { end_location_id: AMARR_VIII });
  Object.assign(within ?? {}, { end_location_id: JITA_4_4 });
  Object.assign(toNowhere ?? {}, { end_location_id: STRUCTURE });
  world.esi.roll();

  await world.run();

  const routes = await world.tables.rows('courier_routes');
  const find = (start: number, end: number) =>
    routes.filter((row) => row['start_system_id'] === start && row['end_system_id'] === end);
  expect(find(JITA, AMARR)).toMatchObject([{ jumps: 11, jumps_high_sec: 45 }]);
  expect(find(JITA, JITA)).toMatchObject([{ jumps: 0, jumps_high_sec: 0 }]);
  expect(new Set(routes.map((row) => row['start_system_id']))).toEqual(new Set([JITA]));
});

serverTest(
  'groups and categories have their names without a request of their own for each',
  async () => {
    const world = await startWorld({ contracts: 60 });
    const shipGroups = world.universe.categories.get(6)?.groups ?? [];

    await world.run([], { TYPE_REFRESH_LIMIT: '5' });

    const groups = new Map(
      (await world.tables.rows('esi_groups')).map((row) => [row['group_id'], row]),
    );
    expect(groups.get(25)).toMatchObject({ name: 'Frigate', category_id: 6, published: true });
    expect(groups.get(25)?.['last_refreshed_at']).not.toBeNull();
    for (const row of await world.tables.rows('esi_type_cache')) {
      expect(groups.get(row['group_id'])).toMatchObject({ category_id: row['category_id'] });
      expect(groups.get(row['group_id'])?.['name']).not.toBeNull();
    }
    // Those of ships are asked for in any case.
    expect(groupsAsked(world)).toBe(1 + shipGroups.length);
  },
);

serverTest('groups and categories are asked for when they are old, a few a run', async () => {
  const world = await startWorld({ contracts: 60 });
  await world.run();
  const [group] = [...world.universe.groups.values()].filter((one) => one.category_id === 4);
  Object.assign(group ?? {}, { name: 'Renamed', category_id: 7 });
  world.forward(31 * 24 * 60);
  world.nextListing();
  world.esi.resetRequests();

  await world.run([], { TYPE_REFRESH_LIMIT: '3' });
  expect(otherGroupsAsked(world)).toBeLessThanOrEqual(3);
  await world.run([], { TYPE_REFRESH_LIMIT: '1000' });

  const [row] = await world.tables.rows('esi_groups', `group_id = ${group?.group_id}`);
  expect(row).toMatchObject({ name: 'Renamed', category_id: 7 });
  const types = await world.tables.rows('esi_type_cache', `group_id = ${group?.group_id}`);
  expect(types.length).toBeGreaterThan(0);
  expect(types.every((type) => type['category_id'] === 7)).toBe(true);
});
