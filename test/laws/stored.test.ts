import fc from 'fast-check';
import { expect } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { readJsonRows } from '../../src/database/json-rows.ts';
import { contractsWithItems, insertItems } from '../../src/database/tables/contract-items.ts';
import {
  type ContractOfRegion,
  compareListed,
  insertContracts,
  type NewContract,
  updateListed,
} from '../../src/database/tables/contracts.ts';
import { findRegions, type RegionState, saveRegions } from '../../src/database/tables/regions.ts';
import { upsertTypes } from '../../src/database/tables/types.ts';
import { contractItem, itemType, publicContract } from '../../src/esi/schema.ts';
import type { ContractItem, ItemType, PublicContract } from '../../src/model.ts';
import { newContract, PENDING, RUN } from '../database/tables/rows.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { law } from '../support/laws.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { CONTRACT_FIELDS, ITEM_FIELDS, rowTexts, TYPE_FIELDS } from '../support/wire-values.ts';

const REGION = 10_000_002;
const NOW = new Date('2026-09-08T12:00:00Z');

/** Everything that the schema lets through, of the rows of a body. */
function accepted<T>(
  fields: Parameters<typeof rowTexts>[0],
  read: (row: unknown) => T | undefined,
  idOf: (row: T) => number,
): fc.Arbitrary<T[]> {
  return fc.array(rowTexts(fields), { maxLength: 30, size: 'max' }).map((texts) => {
    const rows = texts.flatMap((text) => read(JSON.parse(text)) ?? []);
    return [...new Map(rows.map((row) => [idOf(row), row])).values()];
  });
}

const contracts: fc.Arbitrary<PublicContract[]> = accepted(
  CONTRACT_FIELDS,
  (row) => publicContract.safeParse(row).data,
  ({ contractId }) => contractId,
);
const items: fc.Arbitrary<ContractItem[]> = accepted(
  ITEM_FIELDS,
  (row) => contractItem.safeParse(row).data,
  ({ recordId }) => recordId,
);
const types: fc.Arbitrary<ItemType[]> = accepted(
  TYPE_FIELDS,
  (row) => itemType.safeParse(row).data,
  ({ typeId }) => typeId,
);

function ofRegion(contract: PublicContract): ContractOfRegion {
  return { ...contract, regionId: REGION };
}

function asNew(contract: PublicContract): NewContract {
  return newContract({ ...ofRegion(contract), ...PENDING, firstSeenAt: NOW });
}

/** Every column as text, so that nothing is lost on the way; times in ms. */
async function readAll(database: Database, table: string, columns: readonly string[]) {
  const expressions = columns.map((column) =>
    column.startsWith('date_')
      ? `'${column}', (extract(epoch FROM ${column}) * 1000)::numeric::bigint::text`
      : `'${column}', ${column}::text`,
  );
  // In JSON: PGlite takes a byte order mark from the front of what it reads.
  return readJsonRows<Readonly<Record<string, string | null>>>(
    database,
    `SELECT coalesce(json_agg(json_build_object(${expressions}) ORDER BY ${columns[0]}), '[]')::text
       AS rows FROM ${table}`,
  );
}

/** The text of a value in a column that holds it exactly; ISK is checked to the cent. */
function exactly(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Date ? String(value.getTime()) : String(value);
}

/** `12.345` → 1234.5 rounded half away from zero, in exact arithmetic. */
function toCents(isk: number): bigint {
  const [, sign = '', whole = '0', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(isk)) ?? [];
  const shift = Number(exponent) - fraction.length + 3;
  const digits = BigInt(whole + fraction);
  const mills = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  const cents = (mills + 5n) / 10n;
  return sign === '' ? cents : -cents;
}

function centsOf(text: string | null): bigint | null {
  return text === null ? null : BigInt(text.replace('.', ''));
}

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Number(text);
}

const byId = (one: number, other: number) => one - other;

function contractsComeBack(database: () => Database): void {
  law(
    'listed contracts that the schema lets through come back as they were, to the last digit',
    fc.asyncProperty(contracts, async (list) => {
      await database().execute('TRUNCATE contracts, contract_items, contract_bids, auction_looks');
      expect(await insertContracts(database(), list.map(asNew))).toBe(list.length);

      const columns = CONTRACT_FIELDS.map(({ wire }) => wire);
      const stored = await readAll(database(), 'contracts', columns);
      const sorted = list.toSorted((one, other) => byId(one.contractId, other.contractId));
      expect(stored).toHaveLength(sorted.length);
      for (const [at, contract] of sorted.entries()) expectSame(stored[at] ?? {}, contract);
    }),
    0.3,
  );

  law(
    'listed contracts that are stored are unchanged when they are listed again',
    fc.asyncProperty(contracts, async (list) => {
      await database().execute('TRUNCATE contracts, contract_items, contract_bids, auction_looks');
      await insertContracts(database(), list.map(asNew));

      expect(await compareListed(database(), list.map(ofRegion))).toEqual(new Map());
      expect(await updateListed(database(), list.map(ofRegion), RUN)).toBe(0);
    }),
    0.15,
  );
}

function expectSame(row: Readonly<Record<string, string | null>>, contract: PublicContract): void {
  for (const { wire, name, kind } of CONTRACT_FIELDS) {
    const value = contract[name as keyof PublicContract];
    const text = row[wire] ?? null;
    if (kind === 'isk' && value !== null)
      expect(centsOf(text), wire).toBe(toCents(value as number));
    else if (kind === 'double') expect(numberOf(text), wire).toBe(value === 0 ? 0 : value);
    else expect(text, wire).toBe(exactly(value));
  }
}

function othersComeBack(database: () => Database): void {
  law(
    'items that the schema lets through come back as they were, by both ways of reading',
    fc.asyncProperty(items, contracts, async (list, [contract]) => {
      if (contract === undefined) return;
      const { contractId } = contract;
      await database().execute('TRUNCATE contracts, contract_items, contract_bids, auction_looks');
      await insertContracts(database(), [asNew(contract)]);
      const sorted = list.toSorted((one, other) => byId(one.recordId, other.recordId));
      expect(await insertItems(database(), [{ contractId, items: list }])).toBe(list.length);
      expect(await insertItems(database(), [{ contractId, items: list }])).toBe(0);

      const columns = ITEM_FIELDS.map(({ wire }) => wire);
      const stored = await readAll(database(), 'contract_items', columns);
      const names = ITEM_FIELDS.map(
        ({ name, wire }) => [name as keyof ContractItem, wire] as const,
      );
      expect(stored).toEqual(
        sorted.map((item) =>
          Object.fromEntries(names.map(([name, wire]) => [wire, exactly(item[name])])),
        ),
      );
      const [read] = await contractsWithItems(database(), [contractId]);
      // JSON knows no -0.
      const plain: unknown = JSON.parse(JSON.stringify(sorted));
      expect(read).toEqual({ contractId, type: contract.type, items: plain });
    }),
    0.15,
  );

  law(
    'types that the schema lets through come back as they were, also the second time',
    fc.asyncProperty(types, async (list) => {
      await database().execute('TRUNCATE esi_type_cache');
      const times = { lastRefreshedAt: NOW, refreshError: null, isShip: false };
      const rows = list.map((type) => ({ ...type, ...times }));
      for (let time = 0; time < 2; time += 1) {
        expect(await upsertTypes(database(), rows)).toBe(rows.length);
      }

      const columns = TYPE_FIELDS.map(({ wire }) => wire);
      const stored = await readAll(database(), 'esi_type_cache', columns);
      const sorted = list.toSorted((one, other) => byId(one.typeId, other.typeId));
      expect(stored.map(({ name }) => name)).toEqual(sorted.map(({ name }) => name));
      expect(stored.map(({ volume }) => numberOf(volume))).toEqual(
        sorted.map(({ volume }) => (volume === 0 ? 0 : volume)),
      );
      expect(stored.map((row) => numberOf(row['group_id']))).toEqual(
        sorted.map(({ groupId }) => groupId + 0),
      );
    }),
    0.15,
  );

  law(
    'regions come back as they were, whatever they are called',
    fc.asyncProperty(regionLists, async (list) => {
      await database().execute('TRUNCATE regions');
      await saveRegions(database(), list);

      expect(await findRegions(database())).toEqual(
        list.toSorted((one, other) => byId(one.regionId, other.regionId)),
      );
    }),
    0.15,
  );
}

const times = fc.option(
  fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true }),
);
const regionLists: fc.Arbitrary<RegionState[]> = fc.uniqueArray(
  fc.record({
    regionId: fc.integer({ min: 1, max: 2_147_483_647 }),
    name: fc.option(hostileTexts.map((text) => text.toWellFormed())),
    snapshotLastModified: times,
    listedContracts: fc.nat(),
    capped: fc.boolean(),
    checkedAt: times,
    heldBackLastModified: times,
  }),
  { selector: ({ regionId }) => regionId, maxLength: 10 },
);

onEachDatabase('what is stored', (database) => {
  contractsComeBack(database);
  othersComeBack(database);
});
