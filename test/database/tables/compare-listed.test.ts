import { describe, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  type ContractOfRegion,
  compareListed,
  insertContracts,
} from '../../../src/database/tables/contracts.ts';
import { endContracts } from '../../support/end-contracts.ts';
import { onEachDatabase } from '../../support/use-database.ts';
import { DOMAIN, LATER, listedContract, newContract, ONLY_REQUIRED_FIELDS, RUN } from './rows.ts';

/** Another value for every field that a listing may change. */
const OTHER_VALUES = {
  regionId: DOMAIN,
  type: 'courier',
  title: 'Gila, fitted.',
  price: 250_000_000.56,
  reward: 1.01,
  collateral: 2.01,
  buyout: 3.01,
  volume: 101_000.26,
  daysToComplete: 8,
  issuerId: 2_112_345_679,
  issuerCorporationId: 98_000_002,
  forCorporation: false,
  startLocationId: 60_003_761,
  endLocationId: 1_035_466_617_947,
  dateIssued: new Date('2026-09-01T10:00:01Z'),
  dateExpired: new Date('2026-09-15T10:00:01Z'),
} satisfies Omit<ContractOfRegion, 'contractId'>;

const CHANGES = Object.entries(OTHER_VALUES).map(([field, value]) => ({
  field,
  change: { [field]: value } as Partial<ContractOfRegion>,
}));

const NULLABLE_FIELDS = Object.entries(ONLY_REQUIRED_FIELDS)
  .filter(([, value]) => value === null)
  .map(([field]) => ({ field, withoutIt: { [field]: null } as Partial<ContractOfRegion> }));

async function verdictsOf(database: Database, ...listed: readonly ContractOfRegion[]) {
  return Object.fromEntries(await compareListed(database, listed));
}

function findsDifferences(database: () => Database): void {
  test.each(CHANGES)('a contract with another $field is changed', async ({ change }) => {
    await insertContracts(database(), [newContract()]);
    expect(await verdictsOf(database(), listedContract(change))).toEqual({ 200000001: 'changed' });
  });

  test.each(NULLABLE_FIELDS)('a $field that is gone is a change', async ({ withoutIt }) => {
    await insertContracts(database(), [newContract()]);
    expect(await verdictsOf(database(), listedContract(withoutIt))).toEqual({
      200000001: 'changed',
    });
  });

  test.each(NULLABLE_FIELDS)('a $field that came is a change', async ({ withoutIt }) => {
    await insertContracts(database(), [newContract(withoutIt)]);
    expect(await verdictsOf(database(), listedContract())).toEqual({ 200000001: 'changed' });
  });

  test('an empty title is not the same as none', async () => {
    await insertContracts(database(), [newContract({ title: null })]);
    expect(await verdictsOf(database(), listedContract({ title: '' }))).toEqual({
      200000001: 'changed',
    });
  });

  test('an auction whose price changed is changed although its dates do not count', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    const listed = listedContract({ type: 'auction', buyout: 4, dateExpired: LATER });
    expect(await verdictsOf(database(), listed)).toEqual({ 200000001: 'changed' });
  });
}

function findsNothing(database: () => Database): void {
  test('a contract that is stored as it is listed needs no work', async () => {
    await insertContracts(database(), [newContract()]);
    expect(await verdictsOf(database(), listedContract())).toEqual({});
  });

  test('a contract with only the required fields equals itself', async () => {
    await insertContracts(database(), [newContract(ONLY_REQUIRED_FIELDS)]);
    expect(await verdictsOf(database(), listedContract(ONLY_REQUIRED_FIELDS))).toEqual({});
  });

  test('the dates of an auction drift and do not count', async () => {
    await insertContracts(database(), [newContract({ type: 'auction' })]);
    const { dateIssued, dateExpired } = OTHER_VALUES;
    const drifted = listedContract({ type: 'auction', dateIssued, dateExpired });
    expect(await verdictsOf(database(), drifted)).toEqual({});
  });

  test.each([0.1 + 0.2, 1234.565, 2.675, 1e12 + 0.01, 123_456_789_012_345.67])(
    'a price of %d equals itself, rounded to the cent',
    async (price) => {
      await insertContracts(database(), [newContract({ price })]);
      expect(await verdictsOf(database(), listedContract({ price }))).toEqual({});
    },
  );

  test('prices that differ by less than a cent are the same', async () => {
    await insertContracts(database(), [newContract({ price: 0.3 })]);
    expect(await verdictsOf(database(), listedContract({ price: 0.1 + 0.2 }))).toEqual({});
  });

  test.each([0.1 + 0.2, 1 / 3, 1e-7, 5e-324, 1.797_693_134_862_315_7e308])(
    'a volume of %d equals itself',
    async (volume) => {
      await insertContracts(database(), [newContract({ volume })]);
      expect(await verdictsOf(database(), listedContract({ volume }))).toEqual({});
    },
  );

  test('an empty listing has no verdicts', async () => {
    expect(await verdictsOf(database())).toEqual({});
  });
}

function findsNewOnes(database: () => Database): void {
  test('a contract that is not stored is new', async () => {
    expect(await verdictsOf(database(), listedContract())).toEqual({ 200000001: 'new' });
  });

  test('an id beyond 32 bits comes back as it was', async () => {
    const listed = listedContract({ contractId: 1_234_567_890_123 });
    expect(await verdictsOf(database(), listed)).toEqual({ 1234567890123: 'new' });
  });

  test.each(['closed', 'expired'] as const)(
    'a contract that was %s is reopened',
    async (status) => {
      const contract = newContract();
      await insertContracts(database(), [contract]);
      await endContracts(database(), contract.regionId, [{ ...contract, status }], LATER, RUN);
      expect(await verdictsOf(database(), listedContract())).toEqual({ 200000001: 'reopened' });
    },
  );

  test('each contract of a listing gets its own verdict', async () => {
    const ids = [1, 2, 3, 4];
    await insertContracts(
      database(),
      ids.slice(0, 3).map((contractId) => newContract({ contractId })),
    );
    await endContracts(database(), 10_000_002, [{ contractId: 3, status: 'closed' }], LATER, RUN);
    const listed = ids.map((contractId) =>
      listedContract(contractId === 2 ? { contractId, price: 1 } : { contractId }),
    );
    expect(await verdictsOf(database(), ...listed)).toEqual({
      2: 'changed',
      3: 'reopened',
      4: 'new',
    });
  });
}

onEachDatabase('comparing a listing with what is stored', (database) => {
  describe('differences', () => findsDifferences(database));
  describe('no difference', () => findsNothing(database));
  describe('new and closed contracts', () => findsNewOnes(database));
});
