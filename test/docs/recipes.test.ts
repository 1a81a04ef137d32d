import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';
import { readAllRecipes } from '../../fixtures/readme-recipes.ts';
import { openEmbeddedSession } from '../../src/database/session/embedded-session.ts';
import { type Cells, pagesOf } from '../../src/database/session/read-session.ts';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

const RECIPES = await readAllRecipes();

/** What the examples are called → something of the same kind that is stored. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "item = 'Rifter' AND certainty": `SELECT 'item = ' || quote_literal(item) || ' AND certainty'
    FROM contract_sales WHERE certainty = 'confirmed' LIMIT 1`,
  "type.name = 'Rifter' AND day": `SELECT 'type.name = ' || quote_literal(name) || ' AND day'
    FROM daily_prices JOIN esi_type_cache USING (type_id) LIMIT 1`,
  Rifter: `SELECT hull FROM ship_offers WHERE region_id = ${THE_FORGE} LIMIT 1`,
  Chribba: 'SELECT issuer FROM contract_offers WHERE issuer IS NOT NULL LIMIT 1',
  'blueprint_type_id = 691': `SELECT 'blueprint_type_id = ' || blueprint_type_id
    FROM blueprint_offers WHERE is_blueprint_copy AND is_clean LIMIT 1`,
  'hull_group_id = 25': `SELECT 'hull_group_id = ' || hull_group_id FROM ship_offers
    WHERE title ILIKE '%fit%' AND region_id = ${THE_FORGE} LIMIT 1`,
  "ILIKE 'r%'": `SELECT 'ILIKE ''' || left(hull, 1) || '%''' FROM ship_offers LIMIT 1`,
};

const ACCEPTED = 'Contract accepted by player, requires authorization';

async function fill(world: World): Promise<void> {
  const { items, kinds } = world.universe;
  // A contract with a copy and nothing else: the universe makes none.
  for (const [contractId, rows] of items) {
    const copy = rows.find((item) => item.is_blueprint_copy);
    if (kinds.get(contractId) === 'blueprints' && copy !== undefined) items.set(contractId, [copy]);
  }
  await world.run();
  endTwo(world);
  world.nextListing();
  await world.run();
  world.nextListing({ seed: 5, share: 0.5 });
  await world.run();
}

/** One is sold, and ESI says so; the issuer of the other lists its ship again. */
function endTwo({ universe }: World): void {
  const rows = universe.contracts.get(THE_FORGE) ?? [];
  const isClean = ({ contract_id: id, price = 0 }: EsiContract) =>
    price > 0 && universe.kinds.get(id) === 'single_ship';
  const [sold, relisted] = rows.filter(isClean);
  if (sold === undefined || relisted === undefined) throw new Error('too few ships');
  universe.afterlives.set(sold.contract_id, { status: 403, error: ACCEPTED });
  universe.lastIds.contract += 1;
  const again = { ...relisted, contract_id: universe.lastIds.contract, price: 1 };
  universe.items.set(again.contract_id, universe.items.get(relisted.contract_id) ?? []);
  const rest = rows.filter((row) => row !== sold && row !== relisted);
  universe.contracts.set(THE_FORGE, [...rest, again]);
}

/** Answers a query with rows of texts. */
type Ask = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

async function withExamples(ask: Ask, sql: string): Promise<string> {
  let found = sql;
  for (const [example, query] of Object.entries(EXAMPLES)) {
    if (!sql.includes(example)) continue;
    const rows = await ask(query);
    expect(rows, `something instead of ${example}`).toHaveLength(1);
    found = found.replaceAll(example, rows[0]?.[0] ?? '');
  }
  return found;
}

async function expectAnswers(ask: Ask): Promise<void> {
  const found = new Map<string, number>();
  for (const { title, sql } of RECIPES) {
    found.set(title, (await ask(await withExamples(ask, sql))).length);
  }
  expect(RECIPES.length).toBeGreaterThan(15);
  expect([...found].filter(([, rows]) => rows === 0)).toEqual([]);
}

serverTest('each recipe finds something in what three runs have stored', async () => {
  const world = await startWorld({ contracts: 900, start: new Date() });
  await fill(world);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    await expectAnswers(async (text) => (await client.query({ text, rowMode: 'array' })).rows);
  } finally {
    await client.end();
  }
});

test('each recipe finds something in an embedded database, asked as `sql` asks', async () => {
  const world = await startWorld({ contracts: 900, start: new Date(), embedded: true });
  await prepareEmbedded(world.dataDir);
  await fill(world);
  const place = { folder: join(world.dataDir, 'pgdata'), migrations: [] };
  const session = openEmbeddedSession(place, new AbortController().signal);
  try {
    await expectAnswers(async (sql) => {
      const rows: Cells[] = [];
      for await (const page of pagesOf(session, sql, 1000)) rows.push(...page.rows);
      return rows;
    });
  } finally {
    await session.close();
  }
});
