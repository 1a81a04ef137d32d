import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  arraysOf,
  type BatchStatement,
  batchStatement,
  batchWriter,
  executeBatch,
} from '../../../src/database/tables/batch.ts';
import { columnsOf } from '../../../src/database/tables/columns.ts';
import { onEachEmptyDatabase } from '../../support/use-database.ts';

interface Row {
  readonly contractId: number;
  readonly price: number;
  readonly title: string | null;
  readonly isShip: boolean;
  readonly seenAt?: Date;
}

const COLUMNS = columnsOf<Row>({
  contractId: 'bigint',
  price: 'numeric(20,2)',
  title: 'text',
  isShip: 'boolean',
  seenAt: 'timestamptz',
});

const INSERT = batchStatement(
  COLUMNS,
  ({ rows, parameter }) => `
INSERT INTO sent (contract_id, price, title, is_ship, seen_at, region)
SELECT contract_id, price, title, is_ship, seen_at, ${parameter(1)} FROM ${rows('row')}`,
);

describe('a batch', () => {
  test('is one array a column, in the order of the columns, with the names of our rows', () => {
    const rows = [
      { title: 'a', isShip: true, contractId: 1, price: 0.5 },
      { title: null, isShip: false, contractId: 2, price: -3 },
    ];

    expect(arraysOf(COLUMNS, rows)).toEqual([
      '{1,2}',
      '{0.5,-3}',
      '{"a",NULL}',
      '{true,false}',
      '{NULL,NULL}',
    ]);
  });

  test('takes rows that have every field of its columns, and no others', () => {
    type Rows = Parameters<typeof executeBatch<Row>>[2];

    expectTypeOf<Row[]>().toExtend<Rows>();
    expectTypeOf<Omit<Row, 'title'>[]>().not.toExtend<Rows>();
    expectTypeOf(INSERT).toEqualTypeOf<BatchStatement<Row>>();
  });

  test('without rows sends nothing', async () => {
    const database = { execute: () => Promise.reject(new Error('sent')) } as unknown as Database;

    expect(await executeBatch(database, INSERT, [])).toBe(0);
  });
});

/** Everything that means something in an array, or in SQL. */
const TITLES = [
  '',
  'NULL',
  'null',
  ' spaces ',
  '{1,2}',
  'a,b',
  '"quoted"',
  'back\\slash',
  '\\"',
  "it's; DROP TABLE sent; --",
  'line\nbreak\ttab\r',
  '$1 %s',
  'Ærø \u{1f680} 巡洋艦 \u202e',
  '\u0001\u001f\u007f',
];

onEachEmptyDatabase('a batch that was sent', (database) => {
  test('comes back as it was, whatever its texts hold', async () => {
    await database().execute(
      `CREATE TABLE sent (contract_id bigint, price numeric(20,2), title text, is_ship boolean,
       seen_at timestamptz, region text)`,
    );
    const seenAt = new Date('2026-09-08T12:00:00.123Z');
    const rows = [...TITLES, null].map((title, contractId) => ({
      contractId: contractId + 2 ** 52,
      price: 999_999_999_999.99,
      title,
      isShip: title === null,
      seenAt,
    }));

    expect(await executeBatch(database(), INSERT, rows, "The 'Forge'")).toBe(rows.length);

    const stored = await database().query(
      `SELECT contract_id::text AS id, price::text, title, is_ship AS "isShip", region,
         (extract(epoch FROM seen_at) * 1000)::bigint::text AS ms
       FROM sent ORDER BY contract_id`,
    );
    expect(stored).toEqual(
      rows.map(({ contractId, title, isShip }) => ({
        id: String(contractId),
        price: '999999999999.99',
        title,
        isShip,
        region: "The 'Forge'",
        ms: String(seenAt.getTime()),
      })),
    );
  });

  test('with a value that its column cannot hold is refused as a fault of the data', async () => {
    await database().execute('CREATE TABLE ids (contract_id bigint)');
    const insert = batchWriter(
      columnsOf<{ contractId: number }>({ contractId: 'bigint' }),
      ({ rows }) => `INSERT INTO ids SELECT contract_id FROM ${rows('row')}`,
    );

    await expect(
      insert(database(), [{ contractId: 1 }, { contractId: 1e30 }]),
    ).rejects.toMatchObject({ name: 'DatabaseError', isDataFault: true });
  });
});
