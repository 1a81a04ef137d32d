import { expect } from 'vitest';
import { contractsOf } from '../support/run-universe.ts';
import { DOMAIN, SINQ_LAISON, serverTest, startWorld, THE_FORGE } from '../support/run-world.ts';

const JITA = 30000142;
const JITA_4_4 = 60003760;
const AMARR_VIII = 60008494;
/** Ahbazon: low security. */
const AHBAZON = 30005196;

const PLACE_FIELDS = ['region', 'systemId', 'system', 'security', 'location', 'issuer', 'title'];
const PLACE_COLUMNS = ['region', 'system_id', 'system', 'security', 'location', 'issuer', 'title'];
const SHIP_FIELDS = [...PLACE_FIELDS, 'ship', 'quantity', 'price', 'priceEach'];
const SHIP_COLUMNS = [...PLACE_COLUMNS, 'hull', 'quantity', 'price', 'price_each'];

type Offer = Readonly<Record<string, unknown>>;

serverTest(
  'ships and contracts are found by place, security and issuer, by id and by name',
  async () => {
    const world = await startWorld({ contracts: 90, regionIds: [THE_FORGE, DOMAIN, SINQ_LAISON] });
    const [first, second, ...others] = contractsOf(world.universe).filter(
      ({ type }) => type === 'item_exchange',
    );
    for (const contract of others) Object.assign(contract, { start_location_id: JITA_4_4 });
    Object.assign(first ?? {}, { start_location_id: AMARR_VIII });
    Object.assign(second ?? {}, { start_location_id: AHBAZON });
    world.esi.roll();
    await world.run();

    const list = async (...args: readonly string[]) => {
      const result = await world.command(['contracts', '--limit', '200', '--json', ...args]);
      expect(result, result.stderr).toMatchObject({ exitCode: 0 });
      return JSON.parse(result.stdout) as Offer[];
    };
    const idsOf = async (...args: readonly string[]) =>
      (await list(...args)).map((offer) => Number(offer['contractId'])).sort((a, b) => a - b);
    const inJita = await idsOf('--system', 'Jita', '--contract-type', 'item_exchange');
    const issuer = Number(first?.issuer_id);

    expect(inJita).toEqual(others.map((contract) => contract.contract_id).sort((a, b) => a - b));
    expect(await idsOf('--system', String(JITA), '--contract-type', 'item_exchange')).toEqual(
      inJita,
    );
    expect(
      await idsOf('--station', 'Jita IV - Moon 4 - Caldari N', '--contract-type', 'item_exchange'),
    ).toEqual(inJita);
    expect(await idsOf('--station', String(AMARR_VIII))).toContain(first?.contract_id);
    expect(await idsOf('--security', 'low')).toEqual([second?.contract_id]);
    expect(await idsOf('--security', 'null')).toEqual([]);
    expect(await idsOf('--security', 'high,low', '--system', 'Ahbazon')).toEqual([
      second?.contract_id,
    ]);
    expect(await idsOf('--issuer', `Pilot ${issuer}`)).toEqual([first?.contract_id]);
    expect(await idsOf('--issuer', String(first?.issuer_corporation_id))).toContain(
      first?.contract_id,
    );
    expect(await list('--issuer', String(issuer))).toMatchObject([
      { system: 'Amarr', security: 1, issuer: `Pilot ${issuer}`, locationId: AMARR_VIII },
    ]);
  },
);

serverTest('the commands list what the views hold', async () => {
  const world = await startWorld({ contracts: 200, start: new Date() });
  await world.run();
  const listed = async (command: string) => {
    const { stdout } = await world.command([command, '--limit', '1000', '--json']);
    return JSON.parse(stdout) as Offer[];
  };
  const byId = (offers: readonly Offer[], id: string, names: readonly string[]) =>
    offers
      .toSorted((one, other) => Number(one[id]) - Number(other[id]))
      .map((offer) =>
        [id, ...names].map((name) => (name === id ? Number(offer[id]) : offer[name])),
      );

  const ships = byId(await listed('ships'), 'contractId', SHIP_FIELDS);
  const contracts = byId(await listed('contracts'), 'contractId', PLACE_FIELDS);

  expect(ships.length).toBeGreaterThan(20);
  expect(ships).toEqual(byId(await world.tables.view('ship_offers'), 'contract_id', SHIP_COLUMNS));
  expect(contracts).toEqual(
    byId(await world.tables.view('contract_offers'), 'contract_id', PLACE_COLUMNS),
  );
});

serverTest(
  'ships name their system in a table; a system that nobody knows is told of',
  async () => {
    const world = await startWorld({ contracts: 90 });
    await world.run();

    const ships = await world.command(['ships', '--system', 'jita', '--limit', '1']);
    const unknown = await world.command(['ships', '--system', 'Jitaa']);

    expect(ships.stdout).toMatch(/^contract +ship +.*region +system +.*\n.* The Forge +Jita 0\.9 /);
    expect(unknown).toMatchObject({ exitCode: 64, stdout: '' });
    expect(unknown.stderr).toMatch(/no system called \\"Jitaa\\" \(did you mean \\"Jita\\"/);
  },
);
