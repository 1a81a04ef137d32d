import { parseArgs } from 'node:util';
import pg from 'pg';
import { LARGE_EXAMPLES } from '../fixtures/large-database.ts';
import { READER_QUERIES } from '../fixtures/reader-queries.ts';
import { adapted, readAllRecipes } from '../fixtures/readme-recipes.ts';
import type { SqlExecutor } from '../src/database/database.ts';

const ROUNDS = 5;

/** Times what readers ask of a database that `fill.ts` has filled: the median of five, as the server sees it. */
async function timeReaders(client: pg.Client): Promise<void> {
  for (const { title, sql } of await readAllRecipes()) {
    const own = adapted(sql, LARGE_EXAMPLES);
    tell(title, await medianMs(client, own.trim().replace(/;$/, '')));
  }
  for (const { command, find } of READER_QUERIES) {
    const executor: SqlExecutor = {
      query: async (sql, ...values) => {
        tell(command, await medianMs(client, sql, values));
        return [];
      },
      execute: async () => 0,
    };
    await find(executor);
  }
}

async function medianMs(client: pg.Client, sql: string, values: readonly unknown[] = []) {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const explain = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`;
    const { rows } = await client.query<{ 'QUERY PLAN': readonly ExplainedPlan[] }>(explain, [
      ...values,
    ]);
    times.push(rows[0]?.['QUERY PLAN'][0]?.['Execution Time'] ?? Number.NaN);
  }
  return times.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
}

interface ExplainedPlan {
  readonly 'Execution Time': number;
}

function tell(what: string, milliseconds: number): void {
  process.stdout.write(`| ${what} | ${milliseconds.toFixed(1)} ms |\n`);
}

const [url] = parseArgs({ allowPositionals: true }).positionals;
if (url === undefined) throw new Error('usage: tsx bench/readers.ts <URL of a filled database>');
const client = new pg.Client({ connectionString: url });
await client.connect();
await timeReaders(client);
await client.end();
