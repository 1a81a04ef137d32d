import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { insertContracts, type NewContract } from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import {
  countRows,
  DOMAIN,
  FIRST_RUN,
  LATER,
  listedContract,
  newContract,
  ONLY_REQUIRED_FIELDS,
  PENDING,
  RUN,
  SHIP,
  storedContract,
} from './rows.ts';

const ID = 200_000_001;

/** `newContract(SHIP)` in the database. */
const STORED_SHIP_CONTRACT = {
  contract_id: ID,
  listed_in: FIRST_RUN,
  changed_in: FIRST_RUN,
  is_baseline: true,
  last_listed_at: null,
  ended_after: null,
  ended_before: null,
  outcome: null,
  outcome_confidence: null,
  outcome_price: null,
  outcome_evidence: null,
  successor_id: null,
  source: 'esi',
  region_id: 10_000_002,
  type: 'item_exchange',
  issuer_id: 2_112_345_678,
  issuer_corporation_id: 98_000_001,
  for_corporation: true,
  title: 'Gila, fitted',
  price: 250_000_000.55,
  reward: 1,
  collateral: 2,
  buyout: 3,
  volume: 101_000.25,
  days_to_complete: 7,
  start_location_id: 60_003_760,
  end_location_id: 1_035_466_617_946,
  date_issued: '2026-09-01T10:00:00+00:00',
  date_expired: '2026-09-15T10:00:00+00:00',
  status: 'outstanding',
  first_seen_at: '2026-09-08T12:00:00+00:00',
  closed_at: null,
  items_status: 'fetched',
  items_fetched_at: '2026-09-08T12:00:05+00:00',
  items_attempts: 1,
  items_retry_at: '2026-09-08T12:05:00+00:00',
  is_ship_contract: true,
  ship_reason: 'ship_with_extras',
  contains_additional_items: true,
  requests_items: true,
  ship_type_id: 17_715,
  quantity: 2,
  is_blueprint_copy: true,
  runs: 3,
  material_efficiency: 10,
  time_efficiency: 20,
};

function storesNewOnes(database: () => Database): void {
  test('every column of a contract and of its result is stored', async () => {
    expect(await insertContracts(database(), [newContract(SHIP)])).toBe(1);
    expect(await storedContract(database(), ID)).toEqual(STORED_SHIP_CONTRACT);
  });

  test('what ESI leaves out is null, and false where that is what absence means', async () => {
    await insertContracts(database(), [newContract(ONLY_REQUIRED_FIELDS)]);
    expect(await storedContract(database(), ID)).toMatchObject({
      title: null,
      price: null,
      reward: null,
      collateral: null,
      buyout: null,
      volume: null,
      days_to_complete: null,
      start_location_id: null,
      end_location_id: null,
      for_corporation: false,
      items_status: 'pending',
      items_attempts: 0,
      ship_reason: null,
    });
  });

  test('a batch is one statement', async () => {
    const before = database().counters.statements;
    const batch = Array.from({ length: 2500 }, (_, index) =>
      newContract({ contractId: index + 1 }),
    );
    expect(await insertContracts(database(), batch)).toBe(2500);
    expect(database().counters.statements - before).toBe(1);
    expect(await countRows(database(), 'contracts')).toBe(2500);
  });

  test('nothing to insert asks the database nothing', async () => {
    const before = database().counters.statements;
    expect(await insertContracts(database(), [])).toBe(0);
    expect(database().counters.statements).toBe(before);
  });
}

/** A contract of the same id that another region stored a moment ago. */
function meetsStoredOnes(database: () => Database): void {
  const insertAgain = (overrides: Partial<NewContract>) =>
    insertContracts(database(), [newContract({ ...PENDING, firstSeenAt: LATER, ...overrides })]);

  test('one that is stored as it is listed is not written again', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const before = await storedContract(database(), ID);
    expect(await insertAgain({})).toBe(0);
    expect(await storedContract(database(), ID)).toEqual(before);
  });

  test('one that changed follows the listing and keeps its results and first_seen_at', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const before = await storedContract(database(), ID);
    expect(await insertAgain({ regionId: DOMAIN, title: null, dateExpired: LATER })).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({
      ...before,
      region_id: DOMAIN,
      title: null,
      date_expired: '2026-09-08T12:30:00+00:00',
    });
  });

  test('one that was closed is outstanding again, with its results', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const before = await storedContract(database(), ID);
    await endContracts(database(), 10_000_002, [{ contractId: ID, status: 'expired' }], LATER, RUN);
    expect(await insertAgain({})).toBe(1);
    expect(await storedContract(database(), ID)).toEqual(before);
  });

  test('an auction keeps the dates of its first sight', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    const { dateExpired } = listedContract();
    expect(await insertAgain({ type: 'auction', price: 5, dateExpired: LATER })).toBe(1);
    expect(await storedContract(database(), ID)).toMatchObject({
      price: 5,
      date_expired: dateExpired.toISOString().replace('.000Z', '+00:00'),
    });
  });

  test('only the rows that differ count as written', async () => {
    const [first, second] = [newContract({ contractId: 1 }), newContract({ contractId: 2 })];
    await insertContracts(database(), [first]);
    const { rowsWritten } = database().counters;
    expect(await insertContracts(database(), [second, first])).toBe(1);
    expect(database().counters.rowsWritten - rowsWritten).toBe(1);
  });
}

onEachDatabase('inserting contracts', (database) => {
  describe('new contracts', () => storesNewOnes(database));
  describe('contracts that are stored already', () => meetsStoredOnes(database));
});
