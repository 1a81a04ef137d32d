import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { readRecipes } from '../../fixtures/readme-recipes.ts';
import { PUBLIC_TABLES } from '../database/public-tables.ts';
import { serverTest, startWorld } from '../support/run-world.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const RECIPES = await readRecipes();

/** The columns that the diagram draws of a table, each with its type. */
function drawnColumns(table: string): Record<string, string> {
  const body = new RegExp(`^ {2}${table} \\{\\n(.*?)^ {2}\\}`, 'ms').exec(README)?.[1] ?? '';
  const lines = [...body.matchAll(/^ +(\w+) (\w+)/gm)];
  return Object.fromEntries(lines.map(([, type, column]) => [column, type]));
}

/** As the diagram writes it: without precision and null, and in one word. */
function drawnType(type: string): string {
  return type.replace(/ not null$|\(.*?\)/g, '').replace('double precision', 'float8');
}

describe('the diagram in the README', () => {
  it.each(PUBLIC_TABLES)('draws each column of $table, with its type', ({ table, columns }) => {
    const expected = Object.entries(columns).map(([name, type]) => [name, drawnType(type)]);

    expect(drawnColumns(table)).toEqual(Object.fromEntries(expected));
  });
});

serverTest('each recipe of the README finds something in what two runs have stored', async () => {
  const world = await startWorld({ contracts: 600, start: new Date() });
  await world.run();
  world.nextListing({ seed: 5, share: 0.5 });
  await world.run();
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const found = new Map<string, number>();
    const hull = await client.query<{ name: string }>(
      `SELECT name FROM contracts JOIN esi_type_cache ON type_id = ship_type_id
       WHERE is_ship_contract AND status = 'outstanding' LIMIT 1`,
    );
    for (const { title, sql } of RECIPES) {
      const { rowCount } = await client.query(sql.replace('Rifter', hull.rows[0]?.name ?? ''));
      found.set(title, rowCount ?? 0);
    }

    expect(RECIPES.length).toBeGreaterThan(3);
    expect([...found].filter(([, rows]) => rows === 0)).toEqual([]);
  } finally {
    await client.end();
  }
});
