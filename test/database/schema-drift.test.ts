import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import * as columns from '../../src/database/tables/columns.ts';
import { onEachDatabase } from '../support/use-database.ts';
import { columnsOf, type DatabaseColumn, indexesOf, primaryKeysOf } from './information-schema.ts';
import { readSchema, type SchemaColumn } from './prisma-schema.ts';
import { PUBLIC_TABLES } from './public-tables.ts';

const MODELS = await readSchema();

/** What each list of columns in the code is of. */
const COLUMN_LISTS = [
  { list: 'CONTRACT_ID', table: 'contracts', of: columns.CONTRACT_ID },
  { list: 'LISTING_COLUMNS', table: 'contracts', of: columns.LISTING_COLUMNS },
  { list: 'DATE_COLUMNS', table: 'contracts', of: columns.DATE_COLUMNS },
  { list: 'CLASSIFICATION_COLUMNS', table: 'contracts', of: columns.CLASSIFICATION_COLUMNS },
  { list: 'ITEMS_STATUS_COLUMNS', table: 'contracts', of: columns.ITEMS_STATUS_COLUMNS },
  { list: 'ITEM_COLUMNS', table: 'contract_items', of: columns.ITEM_COLUMNS },
  { list: 'TYPE_COLUMNS', table: 'esi_type_cache', of: columns.TYPE_COLUMNS },
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
      'Contract',
      'ContractItem',
      'EsiTypeCache',
      'Region',
    ]);
  });
}

function keepsPromises(database: () => Database): void {
  test.each(PUBLIC_TABLES)('$table has every public column', async ({ table, columns }) => {
    const inDatabase = await columnsOf(database(), table);
    const described = inDatabase.map(
      ({ column, type, isNullable }) =>
        [column, `${shortType(type)}${isNullable ? '' : ' not null'}`] as const,
    );
    expect(Object.fromEntries(described)).toMatchObject(columns);
  });

  test.each([
    ['contracts_ships_idx', `is_ship_contract AND (status = 'outstanding'::text)`],
    ['contracts_ships_by_type_idx', `is_ship_contract AND (status = 'outstanding'::text)`],
    ['contracts_outstanding_idx', `status = 'outstanding'::text`],
  ])('the index %s holds only what readers look for', async (name, condition) => {
    const index = (await indexesOf(database())).find((candidate) => candidate.name === name);
    expect(index?.definition).toContain(`WHERE (${condition})`);
  });

  test('items belong to a contract', async () => {
    const rows = await database().query<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE contype = 'f'`,
    );
    expect(rows).toEqual([
      {
        definition: expect.stringMatching(
          /^FOREIGN KEY \(contract_id\) REFERENCES contracts\(contract_id\)/,
        ),
      },
    ]);
  });
}

function equalsCode(database: () => Database): void {
  test.each(COLUMN_LISTS)('$list is as the table has it', async ({ table, of: list }) => {
    const inDatabase = await columnsOf(database(), table);
    const types = new Map(inDatabase.map(({ column, type }) => [column, shortType(type)]));
    expect(list.map(({ name }) => ({ name, type: types.get(name) }))).toEqual(list);
  });
}

onEachDatabase('the migrated tables', (database) => {
  describe('and the Prisma schema', () => equalsPrismaSchema(database));
  describe('and what readers were promised', () => keepsPromises(database));
  describe('and the columns that the code writes', () => equalsCode(database));
});
