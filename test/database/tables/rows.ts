import type { SqlExecutor } from '../../../src/database/database.ts';
import type { ContractResult } from '../../../src/database/tables/contract-results.ts';
import type { ContractOfRegion, NewContract } from '../../../src/database/tables/contracts.ts';
import type { ContractItem } from '../../../src/model.ts';

export const THE_FORGE = 10_000_002;
export const DOMAIN = 10_000_043;
export const FIRST_SEEN = new Date('2026-09-08T12:00:00Z');
export const LATER = new Date('2026-09-08T12:30:00Z');
/** Number of the run that stores first, and of the one after it. */
export const FIRST_RUN = 41;
export const RUN = 42;

/** A listed contract with a value in every field. */
export function listedContract(overrides: Partial<ContractOfRegion> = {}): ContractOfRegion {
  return {
    contractId: 200_000_001,
    regionId: THE_FORGE,
    type: 'item_exchange',
    issuerId: 2_112_345_678,
    issuerCorporationId: 98_000_001,
    forCorporation: true,
    title: 'Gila, fitted',
    price: 250_000_000.55,
    reward: 1,
    collateral: 2,
    buyout: 3,
    volume: 101_000.25,
    daysToComplete: 7,
    startLocationId: 60_003_760,
    endLocationId: 1_035_466_617_946,
    dateIssued: new Date('2026-09-01T10:00:00Z'),
    dateExpired: new Date('2026-09-15T10:00:00Z'),
    ...overrides,
  };
}

/** What ESI is sure to send, and nothing else. */
export const ONLY_REQUIRED_FIELDS = {
  title: null,
  price: null,
  reward: null,
  collateral: null,
  buyout: null,
  volume: null,
  daysToComplete: null,
  startLocationId: null,
  endLocationId: null,
  forCorporation: false,
} satisfies Partial<ContractOfRegion>;

/** Items not asked for yet. */
export const PENDING: ContractResult = {
  itemsStatus: 'pending',
  itemsFetchedAt: null,
  itemsAttempts: 0,
  itemsRetryAt: null,
  isShipContract: false,
  shipReason: null,
  containsAdditionalItems: false,
  requestsItems: false,
  shipTypeId: null,
  quantity: null,
  isBlueprintCopy: null,
  runs: null,
  materialEfficiency: null,
  timeEfficiency: null,
};

/** A ship contract, with a value in every column that it can have. */
export const SHIP: ContractResult = {
  itemsStatus: 'fetched',
  itemsFetchedAt: new Date('2026-09-08T12:00:05Z'),
  itemsAttempts: 1,
  itemsRetryAt: new Date('2026-09-08T12:05:00Z'),
  isShipContract: true,
  shipReason: 'ship_with_extras',
  containsAdditionalItems: true,
  requestsItems: true,
  shipTypeId: 17_715,
  quantity: 2,
  isBlueprintCopy: true,
  runs: 3,
  materialEfficiency: 10,
  timeEfficiency: 20,
};

export function newContract(overrides: Partial<NewContract> = {}): NewContract {
  const first = { firstSeenAt: FIRST_SEEN, listedIn: FIRST_RUN, changedIn: FIRST_RUN };
  return { ...listedContract(), ...PENDING, ...first, isBaseline: true, ...overrides };
}

/** An item row with a value in every field. */
export function itemRow(overrides: Partial<ContractItem> = {}): ContractItem {
  return {
    recordId: 4_000_000_001,
    typeId: 17_715,
    quantity: 1,
    isIncluded: true,
    isBlueprintCopy: true,
    itemId: 1_040_000_000_001,
    runs: 5,
    materialEfficiency: 8,
    timeEfficiency: 16,
    ...overrides,
  };
}

/** A stored contract as the database shows it in JSON: times as text in UTC. */
export async function storedContract(
  executor: SqlExecutor,
  contractId: number,
): Promise<Record<string, unknown> | undefined> {
  const [found] = await executor.query<{ row: string }>(
    'SELECT to_jsonb(contracts)::text AS row FROM contracts WHERE contract_id = $1',
    contractId,
  );
  return found === undefined ? undefined : (JSON.parse(found.row) as Record<string, unknown>);
}

/** One value as the database prints it, so that nothing is lost on the way to JavaScript. */
export async function printed(
  executor: SqlExecutor,
  expression: string,
  contractId: number,
): Promise<string | null | undefined> {
  const [found] = await executor.query<{ text: string | null }>(
    `SELECT (${expression})::text AS text FROM contracts WHERE contract_id = $1`,
    contractId,
  );
  return found?.text;
}

export async function countRows(executor: SqlExecutor, table: string): Promise<number> {
  const [row] = await executor.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return row?.count ?? 0;
}
