import pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { fillDatabase, LARGE_EXAMPLES } from '../../../fixtures/large-database.ts';
import { READER_QUERIES } from '../../../fixtures/reader-queries.ts';
import { adapted, readAllRecipes } from '../../../fixtures/readme-recipes.ts';
import type { SqlExecutor } from '../../../src/database/database.ts';
import { createServerDatabase } from '../../support/databases.ts';

/** Enough that reading a whole table is not the way that costs least. */
const CONTRACTS = 100_000;
const RECIPES = await readAllRecipes();
const READS_ALL = /Seq Scan on (contracts|contract_items)/;

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

  test.each(RECIPES)('the recipe "$title" goes by indexes', async ({ sql }) => {
    expect(await planOf(adapted(sql, LARGE_EXAMPLES))).not.toMatch(READS_ALL);
  });

  test.each(READER_QUERIES)('$command goes by indexes', async ({ find }) => {
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
