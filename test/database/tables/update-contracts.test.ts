import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  updateClassification,
  updateResults,
} from '../../../src/database/tables/contract-results.ts';
import { insertContracts, updateListed } from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import {
  countRows,
  LATER,
  listedContract,
  newContract,
  ONLY_REQUIRED_FIELDS,
  PENDING,
  RUN,
  SHIP,
  storedContract,
  THE_FORGE,
} from './rows.ts';

const ID = 200_000_001;

function followsListings(database: () => Database): void {
  test('an unchanged listing writes no row', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const { rowsWritten } = database().counters;
    expect(await updateListed(database(), [listedContract()], RUN)).toBe(0);
    expect(database().counters.rowsWritten).toBe(rowsWritten);
  });

  test('an unchanged listing leaves the very row version that is stored', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const version = () => database().query('SELECT ctid::text, xmin::text FROM contracts');
    const before = await version();
    await updateListed(database(), [listedContract()], RUN);
    expect(await version()).toEqual(before);
  });

  test('a change writes what the listing says, and keeps flags, results and first sight', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const before = await storedContract(database(), ID);
    const changed = listedContract({ price: 1.5, title: "O'Brien", dateExpired: LATER });
    expect(await updateListed(database(), [changed], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({
      ...before,
      changed_in: RUN,
      price: 1.5,
      title: "O'Brien",
      date_expired: '2026-09-08T12:30:00+00:00',
    });
  });

  test('values that are gone become null, and values that came are stored', async () => {
    await insertContracts(database(), [newContract()]);
    const full = await storedContract(database(), ID);
    expect(await updateListed(database(), [listedContract(ONLY_REQUIRED_FIELDS)], RUN)).toBe(1);
    const emptied = await storedContract(database(), ID);
    expect(emptied).toMatchObject({
      title: null,
      price: null,
      volume: null,
      days_to_complete: null,
    });
    expect(await updateListed(database(), [listedContract()], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({ ...full, changed_in: RUN });
  });

  test('only the contracts that differ are written', async () => {
    const ids = [1, 2, 3];
    await insertContracts(
      database(),
      ids.map((contractId) => newContract({ contractId })),
    );
    const listed = ids.map((contractId) =>
      listedContract({ contractId, ...(contractId === 2 ? { price: 7 } : {}) }),
    );
    expect(await updateListed(database(), listed, RUN)).toBe(1);
  });

  test('a contract that is not stored is not invented', async () => {
    expect(await updateListed(database(), [listedContract()], RUN)).toBe(0);
    expect(await countRows(database(), 'contracts')).toBe(0);
  });
}

function keepsFirstDates(database: () => Database): void {
  const blurred = listedContract({
    type: 'auction',
    dateIssued: new Date('2026-09-01T10:07:00Z'),
    dateExpired: new Date('2026-09-15T10:07:00Z'),
  });

  test('an auction of which only the dates drifted is not written', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    expect(await updateListed(database(), [blurred], RUN)).toBe(0);
  });

  test('an end that is more than an hour later is an extension, and is taken over', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    const before = await storedContract(database(), ID);
    const hourLater = new Date(blurred.dateExpired.getTime() - 7 * 60_000 + 3_600_000);
    const extended = { ...blurred, dateExpired: hourLater };
    expect(await updateListed(database(), [extended], RUN)).toBe(0);
    const dateExpired = new Date(hourLater.getTime() + 1000);
    expect(await updateListed(database(), [{ ...extended, dateExpired }], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({
      ...before,
      date_expired: '2026-09-15T11:00:01+00:00',
      changed_in: RUN,
    });
  });

  test('an auction that changed keeps the dates of its first sight', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    const before = await storedContract(database(), ID);
    expect(await updateListed(database(), [{ ...blurred, buyout: 9 }], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({ ...before, buyout: 9, changed_in: RUN });
  });
}

function reopens(database: () => Database): void {
  test.each(['closed', 'expired'] as const)(
    'a contract that was %s is outstanding again and closed_at is empty',
    async (status) => {
      await insertContracts(database(), [newContract(SHIP)]);
      const before = await storedContract(database(), ID);
      await endContracts(database(), THE_FORGE, [{ contractId: ID, status }], LATER, RUN);
      expect(await updateListed(database(), [listedContract()], RUN)).toBe(1);
      expect(await storedContract(database(), ID)).toEqual({ ...before, changed_in: RUN });
    },
  );
}

function storesResults(database: () => Database): void {
  test('a result replaces the one before and touches nothing else', async () => {
    await insertContracts(database(), [newContract()]);
    const before = await storedContract(database(), ID);
    expect(await updateResults(database(), [{ contractId: ID, ...SHIP }], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({
      ...before,
      changed_in: RUN,
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
    });
  });

  test('a result can take back what an earlier one said', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    expect(await updateResults(database(), [{ contractId: ID, ...PENDING }], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toMatchObject({
      items_status: 'pending',
      items_fetched_at: null,
      items_retry_at: null,
      is_ship_contract: false,
      ship_reason: null,
      ship_type_id: null,
      is_blueprint_copy: null,
    });
  });

  test('the same result again writes no row', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    expect(await updateResults(database(), [{ contractId: ID, ...SHIP }], RUN)).toBe(0);
  });
}

function storesClassifications(database: () => Database): void {
  test('a new classification keeps how the items came', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    const before = await storedContract(database(), ID);
    const noShip = { contractId: ID, ...PENDING, shipReason: 'no_ship' as const };
    expect(await updateClassification(database(), [noShip], RUN)).toBe(1);
    expect(await storedContract(database(), ID)).toEqual({
      ...before,
      changed_in: RUN,
      is_ship_contract: false,
      ship_reason: 'no_ship',
      contains_additional_items: false,
      requests_items: false,
      ship_type_id: null,
      quantity: null,
      is_blueprint_copy: null,
      runs: null,
      material_efficiency: null,
      time_efficiency: null,
    });
  });

  test('the same classification again writes no row', async () => {
    await insertContracts(database(), [newContract(SHIP)]);
    expect(await updateClassification(database(), [{ contractId: ID, ...SHIP }], RUN)).toBe(0);
  });
}

function writesNothing(database: () => Database): void {
  test.each([updateListed, updateResults, updateClassification])(
    '$name asks the database nothing when there is nothing to write',
    async (write) => {
      const { statements } = database().counters;
      expect(await write(database(), [], RUN)).toBe(0);
      expect(database().counters.statements).toBe(statements);
    },
  );
}

onEachDatabase('updating contracts', (database) => {
  describe('from a listing', () => followsListings(database));
  describe('of auctions', () => keepsFirstDates(database));
  describe('that come back', () => reopens(database));
  describe('with results', () => storesResults(database));
  describe('with classifications', () => storesClassifications(database));
  describe('with nothing', () => writesNothing(database));
});
