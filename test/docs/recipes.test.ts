import pg from 'pg';
import { expect } from 'vitest';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';
import { readAllRecipes } from '../../fixtures/readme-recipes.ts';
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

async function withExamples(client: pg.Client, sql: string): Promise<string> {
  let found = sql;
  for (const [example, query] of Object.entries(EXAMPLES)) {
    if (!sql.includes(example)) continue;
    const { rows } = await client.query<string[]>({ text: query, rowMode: 'array' });
    expect(rows, `something instead of ${example}`).toHaveLength(1);
    found = found.replaceAll(example, rows[0]?.[0] ?? '');
  }
  return found;
}

serverTest('each recipe finds something in what three runs have stored', async () => {
  const world = await startWorld({ contracts: 900, start: new Date() });
  await fill(world);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  try {
    const found = new Map<string, number>();
    for (const { title, sql } of RECIPES) {
      const { rowCount } = await client.query(await withExamples(client, sql));
      found.set(title, rowCount ?? 0);
    }

    expect(RECIPES.length).toBeGreaterThan(15);
    expect([...found].filter(([, rows]) => rows === 0)).toEqual([]);
  } finally {
    await client.end();
  }
});
