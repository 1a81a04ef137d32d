import { describe, expect, test } from 'vitest';
import { readSchema, type SchemaColumn } from '../../build/prisma-schema.ts';
import type { Database } from '../../src/database/database.ts';
import { CONTRACT_BID, LOOK } from '../../src/database/tables/contract-bids.ts';
import { CONTRACT_ITEM } from '../../src/database/tables/contract-items.ts';
import { NEW_CONTRACT } from '../../src/database/tables/contracts.ts';
import { COURIER_ROUTE } from '../../src/database/tables/courier-routes.ts';
import { CATEGORY, GROUP } from '../../src/database/tables/groups.ts';
import { ARCHIVE_IMPORT } from '../../src/database/tables/imported-contracts.ts';
import { NAME } from '../../src/database/tables/names.ts';
import { PROGRESS } from '../../src/database/tables/outcome-progress.ts';
import { CONSTELLATION, LOCATION, SYSTEM, SYSTEM_JUMP } from '../../src/database/tables/places.ts';
import { REGION } from '../../src/database/tables/regions.ts';
import { TYPE } from '../../src/database/tables/types.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { columnsOf, type DatabaseColumn, indexesOf, primaryKeysOf } from './information-schema.ts';
import { PUBLIC_TABLES } from './public-tables.ts';

const MODELS = await readSchema();

interface WrittenTable {
  readonly table: string;
  readonly columns: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly beside: readonly string[];
}

/** The columns that the code writes, and those that its statements write beside them. */
const WRITTEN: readonly WrittenTable[] = [
  {
    table: 'contracts',
    columns: NEW_CONTRACT,
    beside: [
      'status',
      'closed_at',
      'last_listed_at',
      'ended_after',
      'ended_before',
      'outcome',
      'outcome_confidence',
      'outcome_price',
      'outcome_evidence',
      'successor_id',
      'source',
    ],
  },
  { table: 'contract_items', columns: CONTRACT_ITEM, beside: [] },
  { table: 'esi_type_cache', columns: TYPE, beside: ['history_after'] },
  {
    table: 'regions',
    columns: REGION,
    beside: ['is_read', 'archive_last_modified', 'history_last_modified'],
  },
  { table: 'esi_groups', columns: GROUP, beside: [] },
  { table: 'esi_categories', columns: CATEGORY, beside: [] },
  { table: 'esi_names', columns: NAME, beside: [] },
  { table: 'constellations', columns: CONSTELLATION, beside: [] },
  { table: 'systems', columns: SYSTEM, beside: ['security', 'security_class'] },
  { table: 'locations', columns: LOCATION, beside: [] },
  { table: 'system_jumps', columns: SYSTEM_JUMP, beside: [] },
  { table: 'courier_routes', columns: COURIER_ROUTE, beside: [] },
  { table: 'contract_bids', columns: CONTRACT_BID, beside: [] },
  { table: 'auction_looks', columns: LOOK, beside: [] },
  { table: 'archive_imports', columns: ARCHIVE_IMPORT, beside: [] },
  { table: 'outcome_progress', columns: PROGRESS, beside: ['pruned_before'] },
];

/** `timestamptz`, as people write it. */
function shortType(type: string): string {
  return type.replace(/^timestamp(\(6\))? with time zone$/, 'timestamptz');
}

function ours(all: readonly DatabaseColumn[]): DatabaseColumn[] {
  return all.filter(({ table }) => table !== '_prisma_migrations');
}

function byTableAndColumn(a: SchemaColumn, b: SchemaColumn): number {
  return `${a.table} ${a.column}` < `${b.table} ${b.column}` ? -1 : 1;
}

function equalsPrismaSchema(database: () => Database): void {
  test('every column is as schema.prisma says: name, type, null and default', async () => {
    const inDatabase = ours(await columnsOf(database()));
    const inSchema = MODELS.flatMap((model) => model.columns);
    expect(inDatabase.sort(byTableAndColumn)).toEqual(inSchema.sort(byTableAndColumn));
  });

  test('every primary key is as schema.prisma says', async () => {
    const keys = await primaryKeysOf(database());
    keys.delete('_prisma_migrations');
    expect(keys).toEqual(new Map(MODELS.map(({ table, primaryKey }) => [table, primaryKey])));
  });

  test('every index is as schema.prisma says, on the same columns', async () => {
    const inDatabase = (await indexesOf(database())).map(({ table, name, definition }) => ({
      table,
      name,
      columns: /\(([^)]*)\)/.exec(definition)?.[1],
    }));
    const inSchema = MODELS.flatMap(({ table, indexes }) =>
      [...indexes].map(([name, list]) => ({ table, name, columns: list })),
    );
    expect(inDatabase).toEqual(inSchema.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  test('the models are those that readers were promised', () => {
    expect(MODELS.map(({ name }) => name).sort()).toEqual([
      'AggregationRun',
      'ArchiveImport',
      'AuctionLook',
      'Constellation',
      'Contract',
      'ContractBid',
      'ContractItem',
      'CourierRoute',
      'DailyPrice',
      'EsiCategory',
      'EsiGroup',
      'EsiName',
      'EsiTypeCache',
      'Location',
      'OutcomeProgress',
      'Region',
      'RunLease',
      'StaticDataVersion',
      'System',
      'SystemJump',
    ]);
  });
}

function keepsPromises(database: () => Database): void {
  test.each(PUBLIC_TABLES)('$table has the public columns, and ours', async (promised) => {
    const inDatabase = await columnsOf(database(), promised.table);
    const described = inDatabase
      .filter(({ column }) => !promised.ours.includes(column))
      .map(
        ({ column, type, isNullable }) =>
          [column, `${shortType(type)}${isNullable ? '' : ' not null'}`] as const,
      );
    expect(Object.fromEntries(described)).toEqual(promised.columns);
  });

  test.each([
    ['contracts_ships_idx', `is_ship_contract AND (status = 'outstanding'::text)`],
    ['contracts_ships_by_type_idx', `is_ship_contract AND (status = 'outstanding'::text)`],
    ['contracts_outstanding_idx', `status = 'outstanding'::text`],
  ])('the index %s holds only what readers look for', async (name, condition) => {
    const index = (await indexesOf(database())).find((candidate) => candidate.name === name);
    expect(index?.definition).toContain(`WHERE (${condition})`);
  });

  test('items, bids and looks belong to a contract', async () => {
    const rows = await database().query<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'f'`,
    );
    const definition = expect.stringMatching(
      /^FOREIGN KEY \(contract_id\) REFERENCES contracts\(contract_id\)/,
    ) as string;
    expect(rows).toEqual([{ definition }, { definition }, { definition }]);
  });
}

function equalsCode(database: () => Database): void {
  test.each(WRITTEN)('$table has the columns that the code writes, and no others', async (one) => {
    const inDatabase = await columnsOf(database(), one.table);
    const found = inDatabase.filter(({ column }) => !one.beside.includes(column));
    const written = one.columns.list.map(({ name, type }) => ({ name, type }));
    expect(found.map(({ column, type }) => ({ name: column, type: shortType(type) }))).toEqual(
      written.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });
}

onEachDatabase('the migrated tables', (database) => {
  describe('and the Prisma schema', () => equalsPrismaSchema(database));
  describe('and what readers were promised', () => keepsPromises(database));
  describe('and the columns that the code writes', () => equalsCode(database));
});
