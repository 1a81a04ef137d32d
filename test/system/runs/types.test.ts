import { expect } from 'vitest';
import type { EsiType, Universe } from '../../../fixtures/local-esi/universe.ts';
import { startStoredWorld } from '../../support/run-stored-world.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { serverTest, startWorld, type World } from '../../support/run-world.ts';

const MINERALS = 18;
const FRIGATES = 25;

function makeOld(typeIds: readonly number[]): string {
  return `UPDATE esi_type_cache SET last_refreshed_at = '2026-07-30T00:00:00Z'
    WHERE type_id IN (${typeIds})`;
}

/** The hull that a contract sells. */
function hullOf({ kinds, items }: Universe): number {
  const [contractId = 0] = [...kinds].find(([, kind]) => kind === 'single_ship') ?? [];
  return items.get(contractId)?.[0]?.type_id ?? 0;
}

function typeOf({ types }: Universe, typeId: number): EsiType {
  const type = types.get(typeId);
  if (type === undefined) throw new Error(`no type ${typeId}`);
  return type;
}

/** Types that contracts hold, the lowest ids first. */
function usedTypeIds({ items }: Universe): number[] {
  const ids = new Set([...items.values()].flat().map((item) => item.type_id));
  return [...ids].sort((a, b) => a - b);
}

function paths(world: World): string[] {
  return world.esi.requests.map(({ path }) => path);
}

serverTest('a type that ESI does not know is stored with its error, and is no ship', async () => {
  const world = await startWorld();
  const unknown = hullOf(world.universe);
  world.universe.types.delete(unknown);

  const { summary } = await world.run();

  await world.expectTruth();
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, contracts: { pending: 0 } });
  const [row] = await world.tables.rows('esi_type_cache', `type_id = ${unknown}`);
  expect(row).toMatchObject({ name: null, group_id: null, refresh_error: expect.any(String) });
  world.esi.resetRequests();
  world.nextListing();
  await world.run();
  expect(world.esi.requestsTo('type')).toEqual([]);
});

serverTest('a type that fails leaves its contracts pending, until the next run', async () => {
  const world = await startWorld();
  const [typeId = 0] = usedTypeIds(world.universe);
  const match = new RegExp(`/universe/types/${typeId}$`);
  world.esi.fault({ match, answer: { kind: 'status', status: 500 } });
  const holders = [...world.universe.items]
    .filter(([, items]) => items.some((item) => item.type_id === typeId))
    .map(([contractId]) => contractId);

  const first = await world.run();

  expect(first.summary).toMatchObject({
    exitCode: 0,
    contracts: { pending: holders.length },
    types: { failed: 1 },
    failures: [{ typeId, message: expect.stringContaining('500') }],
  });
  await world.expectTruth({ except: holders });
  const pending = await world.tables.rows('contracts', `items_status = 'pending'`);
  expect(pending.map((row) => row['contract_id'])).toEqual(holders.sort((a, b) => a - b));
  expect(pending.every((row) => row['ship_reason'] === null)).toBe(true);
  world.esi.clearFaults();
  world.esi.resetRequests();
  await world.run();
  expect(paths(world).filter((path) => ANY_ITEMS.test(path))).toEqual([]);
  await world.expectTruth();
});

/** Puts each type that is no ship into a group that CCP's static data do not know. */
function addUnknownGroups({ types, groups, categories }: Universe): void {
  for (const type of types.values()) {
    const group = groups.get(type.group_id);
    if (group === undefined || group.category_id === 6) continue;
    const group_id = 1_000_000 + group.group_id;
    groups.set(group_id, { ...group, group_id });
    categories.get(group.category_id)?.groups.push(group_id);
    type.group_id = group_id;
  }
}

serverTest('the category of a group that could not be had is had by the next run', async () => {
  const world = await startWorld();
  addUnknownGroups(world.universe);
  const match = /\/universe\/(groups|categories)/;
  world.esi.fault({ match, answer: { kind: 'status', status: 503 } });
  await world.run();
  const without = await world.tables.rows('esi_type_cache', 'category_id IS NULL');
  expect(without.length).toBeGreaterThan(10);
  await world.expectTruth();
  world.esi.clearFaults();

  const { summary } = await world.run();

  expect(summary).toMatchObject({ exitCode: 0, types: { refreshed: without.length, failed: 0 } });
  const { groups } = world.universe;
  for (const row of await world.tables.rows('esi_type_cache')) {
    const group = groups.get(Number(row['group_id']));
    expect(row).toMatchObject({ category_id: group?.category_id });
  }
  await world.expectTruth();
});

serverTest('types older than the setting are asked for again, the oldest first', async () => {
  const world = await startStoredWorld();
  const [first = 0, second = 0, third = 0] = usedTypeIds(world.universe);
  await world.tables.execute(makeOld([first, second, third]));
  await world.tables.execute(
    `UPDATE esi_type_cache SET last_refreshed_at = '2026-07-29Z' WHERE type_id = ${third}`,
  );
  typeOf(world.universe, third).name = 'Renamed';
  world.esi.resetRequests();

  const { summary } = await world.run([], { TYPE_REFRESH_LIMIT: '2' });

  expect(paths(world).sort()).toEqual(
    [`/universe/types/${first}`, `/universe/types/${third}`].sort(),
  );
  expect(summary).toMatchObject({ exitCode: 0, types: { refreshed: 2, failed: 0 } });
  const [row] = await world.tables.rows('esi_type_cache', `type_id = ${third}`);
  expect(row).toMatchObject({ name: 'Renamed', refresh_error: null });
  expect(Date.parse(String(row?.['last_refreshed_at']))).toBeGreaterThan(Date.parse('2026-09-08'));
});

serverTest('an ESI that is down for types makes no type younger', async () => {
  const world = await startStoredWorld();
  const typeIds = usedTypeIds(world.universe).slice(0, 3);
  await world.tables.execute(makeOld(typeIds));
  const before = await world.tables.rows('esi_type_cache', `type_id IN (${typeIds})`);
  world.esi.fault({ match: /\/universe\/types\//, answer: { kind: 'status', status: 503 } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ exitCode: 0, types: { refreshed: 0, failed: 3 } });
  const after = await world.tables.rows('esi_type_cache', `type_id IN (${typeIds})`);
  expect(after.map((row) => ({ ...row, refresh_error: null }))).toEqual(before);
  world.esi.clearFaults();
  expect((await world.run()).summary.types).toMatchObject({ refreshed: 3, failed: 0 });
});

serverTest('types are left alone for as long as the setting says', async () => {
  const world = await startStoredWorld();
  await world.tables.execute(makeOld(usedTypeIds(world.universe)));
  world.esi.resetRequests();

  await world.run([], { TYPE_REFRESH_DAYS: '60' });

  expect(world.esi.requests).toEqual([]);
});

serverTest('a type that fails to refresh keeps what is known of it, with the error', async () => {
  const world = await startStoredWorld();
  const [typeId = 0, other = 0] = usedTypeIds(world.universe);
  await world.tables.execute(makeOld([typeId, other]));
  const match = new RegExp(`/universe/types/${typeId}$`);
  world.esi.fault({ match, answer: { kind: 'status', status: 500 } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({
    outcome: 'complete',
    exitCode: 0,
    types: { refreshed: 1, failed: 1 },
    failures: [{ typeId }],
  });
  const { name, group_id } = typeOf(world.universe, typeId);
  const [row] = await world.tables.rows('esi_type_cache', `type_id = ${typeId}`);
  expect(row).toMatchObject({ name, group_id, refresh_error: expect.stringContaining('500') });
  world.esi.resetRequests();
  await world.run();
  expect(world.esi.requests).toEqual([]);
  await world.expectTruth();
});

serverTest('a type whose group changed reclassifies contracts, without their items', async () => {
  const world = await startStoredWorld();
  const hull = typeOf(world.universe, hullOf(world.universe));
  hull.group_id = MINERALS;
  await world.tables.execute(makeOld([hull.type_id]));
  world.esi.resetRequests();

  const { summary } = await world.run();

  await world.expectTruth();
  expect(paths(world)).toEqual([`/universe/types/${hull.type_id}`]);
  expect(summary).toMatchObject({ exitCode: 0, contracts: { updated: 0, pending: 0 } });
});

serverTest('changed ship groups reclassify what is stored, without a request', async () => {
  const world = await startStoredWorld();
  world.esi.resetRequests();

  const { summary } = await world.run([], { SHIP_GROUP_IDS: `${FRIGATES},${MINERALS}` });

  await world.expectTruth({ shipGroupIds: [FRIGATES, MINERALS] });
  expect(world.esi.requests).toEqual([]);
  const ships = await world.tables.rows('contracts', 'is_ship_contract');
  expect(summary.shipContracts).toBe(ships.length);
  await world.run();
  await world.expectTruth();
});

serverTest('ship groups that ESI does not tell are taken from the built-in list', async () => {
  const world = await startWorld();
  const match = /\/universe\/categories\/6$/;
  world.esi.fault({ match, answer: { kind: 'status', status: 503 } });

  const { summary, log } = await world.run();

  await world.expectTruth();
  expect(summary.exitCode).toBe(0);
  expect(log).toContainEqual(expect.objectContaining({ level: 'warn' }));
});
