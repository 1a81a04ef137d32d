import { expect } from 'vitest';
import type { EsiContract } from '../../../fixtures/local-esi/universe.ts';
import {
  badBytesRead,
  CONTRACT_POISONS,
  encodeHostile,
  ITEM_POISONS,
  type Poison,
  raw,
  TYPE_POISONS,
  withBadBytes,
} from '../../support/hostile-bodies.ts';
import { contractsOf, itemsOf, itemsOfContract, withItems } from '../../support/run-universe.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const INJECTED = '\n{"level":60,"runId":"0","msg":"injected"}\n';
const STEERS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const HOSTILE_NAME = `\u001b[31mThe\u202e '; DROP TABLE regions; --${INJECTED}`;
/** A region whose name the program does not bring with it. */
const NOWHERE = 10_099_001;
const MEGABYTE = 1_000_000;
/** Of each kind so many are told of one by one. */
const TOLD_OF_A_KIND = 20;

/** Titles as players, or whoever stands in for ESI, may write them. */
const TITLES: readonly string[] = [
  `'; DROP TABLE contracts; --`,
  '$1 $2 %s {{0}}',
  '{"a","b\\"c",NULL}',
  'NULL',
  '\\',
  `"quoted", 'single', \\back\\slash\\`,
  '{"json":{"in":"json \\u0000"}}',
  INJECTED,
  '\u001b[2J\u001b[1;31mcheap\u001b]0;owned\u0007',
  '\u009b31mC1',
  '\u202e000.1 ecirp\u202c \u2066x\u2069',
  '\ufeffmark',
  'a\u2028b\u2029c',
  '=HYPERLINK("http://evil.example","x")',
  '@SUM(1+1)*cmd|0',
  'nothing\0at all\0',
  'half \ud800 pair \udc00',
  withBadBytes('bytes '),
  `${'x'.repeat(MEGABYTE)}"\\`,
  '🚀👩‍🚀 巡洋艦 Жигули Ærø',
  '',
];

function storable(title: string): string {
  return badBytesRead(title).replaceAll('\0', '').toWellFormed();
}

/** Lets the listing say other things of some contracts than the universe does. */
function spoilListing(
  { esi }: World,
  regionId: number,
  spoil: (row: EsiContract) => readonly unknown[],
): void {
  const transform = (body: unknown) => (body as EsiContract[]).flatMap(spoil);
  const match = new RegExp(`public/${regionId}\\b`);
  esi.fault({ match, answer: { kind: 'body', transform, encode: encodeHostile } });
}

function poisonItems({ esi }: World, contract: EsiContract, [field, value]: Poison): void {
  const transform = (body: unknown) => {
    const [first, ...rest] = body as object[];
    return [...rest, { ...first, [field]: value }];
  };
  const match = itemsOfContract(contract);
  esi.fault({ match, answer: { kind: 'body', transform, encode: encodeHostile } });
}

interface HostileWorld {
  readonly world: World;
  /** Broken in a listing. */
  readonly brokenIds: readonly number[];
  /** With a broken row among their items. */
  readonly withBrokenItems: readonly number[];
  readonly titled: readonly EsiContract[];
}

/** One world in which every contract of a region is hostile in another way. */
async function startHostileWorld(): Promise<HostileWorld> {
  const world = await startWorld({ contracts: 900, regionIds: [NOWHERE] });
  const { universe } = world;
  for (const [n, type] of [...universe.types.values()].entries()) {
    type.name = storable(TITLES[n % 15] ?? '');
  }
  for (const region of universe.regions.values()) region.name = HOSTILE_NAME;
  const all = contractsOf(universe, NOWHERE);
  for (const { issuer_id: id } of all) universe.names.set(id, storable(TITLES[id % 15] ?? ''));
  const ships = all.filter(
    ({ type, contract_id: id }) =>
      type === 'item_exchange' && universe.kinds.get(id) === 'single_ship',
  );
  const titled = ships.slice(0, TITLES.length);
  expect(titled).toHaveLength(TITLES.length);
  const others = all.filter((contract) => !titled.includes(contract));
  const poisoned = new Map(CONTRACT_POISONS.map((poison, n) => [others[n]?.contract_id, poison]));
  spoilListing(world, NOWHERE, (row) => {
    const [field, value] = poisoned.get(row.contract_id) ?? [];
    return [field === undefined ? row : { ...row, [field]: value }];
  });
  const rest = withItems(others.slice(CONTRACT_POISONS.length));
  const spoilt = rest.slice(0, ITEM_POISONS.length);
  for (const [n, contract] of spoilt.entries()) {
    poisonItems(world, contract, ITEM_POISONS[n] ?? ['record_id', null]);
  }
  expect(spoilt).toHaveLength(ITEM_POISONS.length);
  // The listing is served as it was taken; only the encoding can write what some titles hold.
  for (const [n, contract] of titled.entries()) contract.title = TITLES[n] ?? '';
  world.esi.roll();
  for (const contract of titled) contract.title = storable(contract.title ?? '');
  return {
    world,
    brokenIds: others.slice(0, CONTRACT_POISONS.length).map(({ contract_id: id }) => id),
    withBrokenItems: spoilt.map(({ contract_id: id }) => id),
    titled,
  };
}

serverTest(
  'a world in which every field is broken somewhere is stored but for what is broken, and heals',
  async () => {
    const { world, brokenIds, withBrokenItems, titled } = await startHostileWorld();

    const { summary, log, stdout } = await world.run();

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, regions: { failed: 0 } });
    expect(summary.contracts).toMatchObject({
      skipped: brokenIds.length + withBrokenItems.length,
      pending: withBrokenItems.length,
    });
    const named = log.flatMap((line) => (line['level'] === 'error' ? [line['contractId']] : []));
    expect(named.filter((id) => brokenIds.includes(Number(id)))).toHaveLength(TOLD_OF_A_KIND);
    expect(named.filter((id) => withBrokenItems.includes(Number(id)))).toHaveLength(TOLD_OF_A_KIND);
    expect(log.filter(({ msg }) => msg === 'injected')).toEqual([]);
    expect(stdout.split('\n')).toHaveLength(2);
    await world.expectTruth({ except: [...brokenIds, ...withBrokenItems] });
    expect(await world.tables.rows('contracts', `contract_id IN (${brokenIds})`)).toEqual([]);
    const where = `contract_id IN (${withBrokenItems})`;
    expect(await world.tables.rows('contract_items', where)).toEqual([]);

    await expectSafeShips(world, titled);
    world.esi.clearFaults();
    world.nextListing();

    const healed = await world.run();

    expect(healed.summary).toMatchObject({ exitCode: 0, contracts: { skipped: 0, pending: 0 } });
    await world.expectTruth();
  },
);

/** The ships that are listed, in every format, when players call them as they like. */
async function expectSafeShips(world: World, titled: readonly EsiContract[]): Promise<void> {
  const format = (name: string) => world.command(['ships', '--limit=5000', `--format=${name}`]);
  const commands = [format('table'), format('csv'), format('json'), world.command(['status'])];
  const outputs = await Promise.all(commands);
  for (const { exitCode, stdout } of outputs) {
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').filter((line) => STEERS.test(line))).toEqual([]);
  }
  const [table, csv, json] = outputs.map(({ stdout }) => stdout);
  const offers = JSON.parse(json ?? '') as { contractId: number; title: string; region: string }[];
  for (const { contract_id: contractId, title } of titled) {
    const offer = offers.find((one) => one.contractId === contractId);
    expect(offer).toMatchObject({ title, region: HOSTILE_NAME });
  }
  expect(table?.split('\n')).toHaveLength(offers.length + 2);
  expect(csv?.split('\n')).toHaveLength(offers.length + 2);
}

serverTest(
  'types that are broken leave their contracts pending, and the next run heals them',
  async () => {
    const world = await startWorld({ contracts: 400, regionIds: [THE_FORGE] });
    const { universe } = world;
    const all = contractsOf(universe, THE_FORGE);
    const typesOf = (contract: EsiContract) =>
      itemsOf(universe, contract).map(({ type_id: typeId }) => typeId);
    const used = [...new Set(all.flatMap(typesOf))].toReversed().slice(0, TYPE_POISONS.length);
    for (const [n, typeId] of used.entries()) {
      const [field, value] = TYPE_POISONS[n] ?? ['name', null];
      const transform = (body: unknown) => ({ ...(body as object), [field]: value });
      const match = new RegExp(`/universe/types/${typeId}$`);
      world.esi.fault({ match, answer: { kind: 'body', transform, encode: encodeHostile } });
    }
    const waiting = all.filter((contract) => typesOf(contract).some((id) => used.includes(id)));
    const ids = waiting.map(({ contract_id: id }) => id);

    const { summary } = await world.run();

    expect(summary).toMatchObject({ exitCode: 0, types: { failed: used.length } });
    expect(summary.contracts).toMatchObject({ skipped: 0, pending: ids.length });
    expect(all.length - ids.length).toBeGreaterThan(20);
    await world.expectTruth({ except: ids });
    const stored = await world.tables.rows('contracts', `contract_id IN (${ids})`);
    expect(new Set(stored.map((row) => row['items_status']))).toEqual(new Set(['pending']));
    const types = await world.tables.rows('esi_type_cache', `type_id IN (${used})`);
    expect(types).toEqual([]);
    world.esi.clearFaults();

    expect((await world.run()).summary).toMatchObject({ exitCode: 0, contracts: { pending: 0 } });
    await world.expectTruth();
  },
);

serverTest('values at the edge of what can be stored are stored exactly', async () => {
  const world = await startWorld({ regionIds: [THE_FORGE], contracts: 20 });
  const all = contractsOf(world.universe, THE_FORGE);
  const wire: readonly Readonly<Record<string, unknown>>[] = [
    { price: raw('12.345678'), reward: raw('-0'), volume: raw('5e-324') },
    { price: raw('999999999999999.99'), volume: raw('1.7976931348623157e308') },
    { issuer_id: raw('9007199254740991'), start_location_id: raw('1.035466617946e12') },
    { date_issued: '0001-01-01T00:00:00Z', date_expired: '9999-12-31T23:59:59Z' },
    { date_issued: '2026-09-08T02:00:00+14:00', date_expired: '2026-09-08T11:59:59-00:00' },
    { type: `barter'; --`, days_to_complete: raw('2147483647') },
    { __proto: 1, constructor: { name: 'x' }, toString: 5, for_corporation: false },
  ];
  const changed = new Map(wire.map((fields, n) => [all[n]?.contract_id, fields]));
  spoilListing(world, THE_FORGE, (row) => {
    const fields = changed.get(row.contract_id);
    // What stands twice on a page counts once, the last of them.
    return fields === undefined
      ? [row]
      : [
          { ...row, title: 'older' },
          { ...row, ...fields },
        ];
  });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ exitCode: 0, failureCount: 0, contracts: { inserted: 20 } });
  const [cents, large, ids, years, offset, type] = await Promise.all(
    wire.map((_, n) => world.tables.rows('contracts', `contract_id = ${all[n]?.contract_id}`)),
  );
  expect(cents?.[0]).toMatchObject({ price: 12.35, reward: 0, volume: 5e-324 });
  expect(large?.[0]).toMatchObject({ price: 1e15, volume: Number.MAX_VALUE });
  expect(ids?.[0]).toMatchObject({ issuer_id: 2 ** 53 - 1, start_location_id: 1035466617946 });
  expect(years?.[0]).toMatchObject({
    date_issued: '0001-01-01T00:00:00+00:00',
    date_expired: '9999-12-31T23:59:59+00:00',
  });
  expect(offset?.[0]).toMatchObject({
    date_issued: '2026-09-07T12:00:00+00:00',
    date_expired: '2026-09-08T11:59:59+00:00',
    status: 'outstanding',
  });
  expect(type?.[0]).toMatchObject({ type: `barter'; --`, days_to_complete: 2147483647 });
  const again = await world.run();
  expect(again.summary.database.rowsWritten).toBeLessThan(5);
});
