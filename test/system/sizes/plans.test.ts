import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { fillDatabase } from '../../../fixtures/large-database.ts';
import type { SqlExecutor } from '../../../src/database/database.ts';
import { findContracts } from '../../../src/database/queries/contract-queries.ts';
import { findShips } from '../../../src/database/queries/ship-queries.ts';
import { createServerDatabase } from '../../support/databases.ts';
import { REPOSITORY } from '../../support/repository.ts';

/** Enough that reading a whole table is not the way that costs least. */
const CONTRACTS = 100_000;
const README = await readFile(`${REPOSITORY}README.md`, 'utf8');
const RECIPES = [...README.matchAll(/^```sql\n-- ([^\n]+)\n(.*?)^```$/gms)].map(
  ([, name = '', sql = '']) => ({ name, sql }),
);
const READS_ALL = /Seq Scan on (contracts|contract_items)/;

const OFFERS = { expiresAfter: new Date(), order: 'price', limit: 50 } as const;
const ANY = { ...OFFERS, statuses: ['outstanding'], hasBlueprintCopies: false } as const;
const COMMANDS: readonly {
  readonly command: string;
  readonly find: (executor: SqlExecutor) => Promise<unknown>;
}[] = [
  { command: 'ships', find: (sql) => findShips(sql, OFFERS) },
  { command: 'ships of a hull', find: (sql) => findShips(sql, { ...OFFERS, typeIds: [620] }) },
  {
    command: 'ships of a region',
    find: (sql) => findShips(sql, { ...OFFERS, regionIds: [10_000_003] }),
  },
  { command: 'contracts', find: (sql) => findContracts(sql, ANY) },
  {
    command: 'contracts, the latest',
    find: (sql) => findContracts(sql, { ...ANY, order: 'issued' }),
  },
  {
    command: 'contracts with an item',
    find: (sql) => findContracts(sql, { ...ANY, typeIds: [1005] }),
  },
  {
    command: 'contracts with copies',
    find: (sql) => findContracts(sql, { ...ANY, hasBlueprintCopies: true }),
  },
];

describe.runIf(inject('postgresUrl') !== null)('in a database with a long history', () => {
  let client: pg.Client;

  beforeAll(async () => {
    const { url, drop } = await createServerDatabase();
    await fillDatabase(url, CONTRACTS);
    client = new pg.Client({ connectionString: url });
    await client.connect();
    return async () => {
      await client.end();
      await drop();
    };
  });

  async function planOf(sql: string, values: readonly unknown[] = []): Promise<string> {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...values]);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  test('there are recipes', () => {
    expect(RECIPES.length).toBeGreaterThan(3);
  });

  test.each(RECIPES)('the recipe "$name" goes by indexes', async ({ sql }) => {
    expect(await planOf(sql)).not.toMatch(READS_ALL);
  });

  test.each(COMMANDS)('$command goes by indexes', async ({ find }) => {
    const plans: string[] = [];
    const executor: SqlExecutor = {
      query: async (sql, ...values) => {
        plans.push(await planOf(sql, values));
        return [];
      },
      execute: async () => 0,
    };

    await find(executor);

    expect(plans).toHaveLength(1);
    expect(plans[0]).not.toMatch(READS_ALL);
  });
});
