import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { StoredContract } from '../../src/database/queries/contract-queries.ts';
import type { ShipOffer } from '../../src/database/queries/ship-queries.ts';
import { formatContracts } from '../../src/report/contract-list.ts';
import { formatShips } from '../../src/report/ship-list.ts';
import { describeRegions, formatStatus } from '../../src/report/status-report.ts';
import { type Column, formatTable } from '../../src/terminal/text-table.ts';

const WIDTHS = [60, 80, 120];
const NOW = new Date('2026-09-08T12:00:00Z');
const terminalOf = (columns: number) => ({ isTerminal: true, columns, hasColors: false });

const OFFER: ShipOffer = {
  contractId: 233_000_001,
  regionId: 10_000_002,
  region: 'The Forge',
  typeId: 587,
  ship: 'Rifter',
  quantity: 1,
  price: '1250000.5',
  priceEach: '1250000.5',
  containsAdditionalItems: false,
  requestsItems: false,
  title: '',
  locationId: 60_003_760,
  location: 'Jita IV - Moon 4 - Caldari Navy Assembly Plant',
  systemId: 30000142,
  system: 'Jita',
  security: 0.9,
  issuerId: 90000001,
  issuer: 'Chribba',
  dateIssued: '2026-09-01T10:00:00Z',
  dateExpired: '2026-09-15T10:00:00Z',
};
const SHIPS: readonly ShipOffer[] = [
  OFFER,
  {
    ...OFFER,
    ship: 'Stabber Fleet Issue',
    title: '超级航母 打包出售 超级航母 打包出售',
    requestsItems: true,
  },
  { ...OFFER, contractId: 233_000_777, price: '999999999999999999.99', quantity: 12, region: null },
  {
    ...OFFER,
    title: '🚀 doctrine ship ✦ full set 👩‍🚀 of the alliance',
    containsAdditionalItems: true,
  },
  { ...OFFER, ship: "Capsule - Genolution 'Auroral' 197-variant", title: 'Café, fitted' },
];

const CONTRACT: StoredContract = {
  ...OFFER,
  type: 'item_exchange',
  status: 'outstanding',
  firstItem: 'Capital Antimatter Reactor Unit Blueprint',
  firstTypeId: 29_040,
  itemRows: 3,
  buyout: null,
  reward: '0',
  collateral: '0',
  volume: 1,
  endLocationId: null,
  closedAt: null,
};
const CONTRACTS: readonly StoredContract[] = [
  { ...CONTRACT, title: 'колекционное' },
  {
    ...CONTRACT,
    type: 'courier',
    firstItem: null,
    firstTypeId: null,
    itemRows: 0,
    reward: '48600000',
  },
  { ...CONTRACT, status: 'closed', itemRows: 1, region: 'Sinq Laison' },
];

const STATUS = {
  lastGoodRunAt: new Date('2026-09-08T11:45:00Z'),
  isFresh: false,
  staleness: 'The Forge is too old',
  counts: {
    outstanding: 48_211,
    shipContracts: 15_002,
    pendingItems: 3,
    unavailableItems: 12,
    types: 9000,
    typesToRefresh: 40,
    typesWithErrors: 2,
    missingNames: 120,
    missingPlaces: 1,
  },
  storage: { bytes: 5.2e9, oldestEndAt: new Date('2026-06-01T00:00:00Z'), bytesAMonth: 4.1e8 },
  runs: [
    {
      number: 2,
      runId: '451b293f-cfe8-4755-ad93-1d815a77367a',
      startedAt: new Date('2026-09-08T11:44:00Z'),
      finishedAt: new Date('2026-09-08T11:45:00Z'),
      outcome: 'complete',
      exitCode: 0,
    },
    {
      number: 1,
      runId: '8885382d-8213-4793-bb8a-079cf7e90396',
      startedAt: new Date('2026-09-08T11:20:00Z'),
      finishedAt: null,
      outcome: null,
      exitCode: null,
    },
  ],
  regions: describeRegions(
    [
      regionAt(10_000_002, 'The Forge', '2026-09-08T11:45:00Z', true),
      regionAt(10_000_043, 'Domain', '2026-09-08T10:29:59Z', false),
      regionAt(10_000_032, null, null, false),
    ],
    [
      {
        regionId: 10_000_002,
        outstanding: 35_000,
        shipContracts: 12_000,
        pendingItems: 3,
        unavailableItems: 12,
      },
    ],
    NOW,
    90 * 60_000,
  ),
};

function regionAt(
  regionId: number,
  name: string | null,
  checkedAt: string | null,
  capped: boolean,
) {
  const at = checkedAt === null ? null : new Date(checkedAt);
  return {
    regionId,
    name,
    snapshotLastModified: at,
    listedContracts: 35_000,
    capped,
    checkedAt: at,
    heldBackLastModified: null,
  };
}

describe.each(WIDTHS)('in a terminal of %i columns', (columns) => {
  const terminal = terminalOf(columns);
  const texts = {
    ships: formatShips(SHIPS, 'table', terminal),
    contracts: formatContracts(CONTRACTS, 'table', terminal),
    status: formatStatus(STATUS, NOW, terminal),
  };

  it.each(Object.entries(texts))(
    '%s are as in the golden file, and no wider',
    async (name, text) => {
      const widest = Math.max(...text.split('\n').map((line) => stringWidth(line)));

      expect(widest).toBeLessThanOrEqual(columns);
      await expect(text).toMatchFileSnapshot(`golden/${name}-${columns}.txt`);
    },
  );
});

describe('a table that is too wide', () => {
  const columns: readonly Column[] = [
    { head: 'id' },
    { head: 'name', rank: 2, minWidth: 6 },
    { head: 'note', rank: 1, minWidth: 4 },
  ];
  const rows = [['1', 'Stabber Fleet', 'a long note']];
  const linesAt = (width: number) =>
    formatTable(columns, rows, { columns: width, hasColors: false }).split('\n');

  it('has its least important column shortened first, then the next, then the least left out', () => {
    expect(linesAt(30)[1]).toBe('1   Stabber Fleet  a long note');
    expect(linesAt(27)[1]).toBe('1   Stabber Fleet  a long …');
    expect(linesAt(20)[1]).toBe('1   Stabber F…  a l…');
    expect(linesAt(16)[1]).toBe('1   Stabb…  a l…');
    expect(linesAt(15)[1]).toBe('1   Stabber Fl…');
    expect(linesAt(10)[1]).toBe('1   Stabb…');
    expect(linesAt(9)[1]).toBe('1');
  });

  it('is not shortened where nobody breaks lines', () => {
    const text = formatTable(columns, rows);

    expect(text.split('\n')[1]).toBe('1   Stabber Fleet  a long note');
  });

  it('counts wide characters as two, and cuts none in half', () => {
    const wide = formatTable([{ head: 'x', rank: 1, minWidth: 1 }, 'y'], [['船船船', 'z']], {
      columns: 8,
      hasColors: false,
    });

    expect(wide.split('\n')).toEqual(['x      y', '船船…  z']);
  });
});

it('the head of a table is bold where colours are shown', () => {
  const text = formatTable(['a', 'b'], [['1', '2']], { columns: 80, hasColors: true });

  expect(text).toBe('\u001b[1ma  b\u001b[22m\n1  2');
});
