import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askDuckDb } from '../support/duckdb.ts';
import { prepareEmbedded } from '../support/pristine-pglite.ts';
import {
  hasServers,
  serverTest,
  startWorld,
  type World,
  type WorldOptions,
} from '../support/run-world.ts';

async function filledWorld(options: WorldOptions = {}): Promise<World> {
  const world = await startWorld({ contracts: 300, ...options });
  if (world.databaseUrl === undefined) await prepareEmbedded(world.dataDir);
  await world.run([], { OUTCOME_PROBES: '0' });
  world.nextListing({ seed: 3, share: 0.1 });
  await world.run([], { OUTCOME_PROBES: '0' });
  return world;
}

async function exported(world: World, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await world.command(['export', '--json', ...args]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as {
    files: { table: string; path: string; rows: number }[];
    nextSince: number;
  };
}

/** What a server says of its tables, to the last digit. */
async function askTable(world: World, sql: string): Promise<unknown[]> {
  const { stdout } = await world.command(['sql', '--format', 'ndjson', sql]);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const SUMS = `count(*)::text AS n, sum(price)::text AS price, count(buyout)::text AS buyouts,
  count(DISTINCT title)::text AS titles`;
const kinds = test.runIf(hasServers).each([{ embedded: true }, { embedded: false }]);

kinds('DuckDB reads what was exported (embedded: $embedded)', async ({ embedded }) => {
  const world = await filledWorld({ embedded });
  const [parquet, csv] = [join(world.folder, 'parquet'), join(world.folder, 'csv')];
  await exported(world, '--out', parquet, '--format', 'parquet');
  await exported(world, '--out', csv, '--format', 'csv');
  await exported(world, '--out', join(world.folder, 'c.ndjson.gz'), '--table', 'contracts');

  const [stored] = await askTable(world, `SELECT ${SUMS} FROM contracts`);
  const whole = `read_parquet('${parquet}/contracts/*/*.parquet', hive_partitioning = true)`;
  const values = Object.values(stored as object);
  expect(await askDuckDb(`SELECT ${SUMS} FROM ${whole}`)).toEqual([values]);
  const isk = { price: 'DECIMAL(20,2)', buyout: 'DECIMAL(20,2)' };
  const types = `{${Object.entries(isk)
    .map(([name, type]) => `'${name}': '${type}'`)
    .join(', ')}}`;
  expect(
    await askDuckDb(
      `SELECT ${SUMS} FROM read_csv('${csv}/contracts.csv', types = ${types}, allow_quoted_nulls = false)`,
    ),
  ).toEqual([values]);
  expect(await askDuckDb(`SELECT count(*)::text FROM '${world.folder}/c.ndjson.gz'`)).toEqual([
    [values[0]],
  ]);

  const described = await askDuckDb(`DESCRIBE SELECT * FROM ${whole}`);
  const typeOf = Object.fromEntries(described.map(([name, type]) => [name, type]));
  expect(typeOf).toMatchObject({
    contract_id: 'BIGINT',
    price: 'DECIMAL(20,2)',
    volume: 'DOUBLE',
    date_issued: 'TIMESTAMP WITH TIME ZONE',
    is_ship_contract: 'BOOLEAN',
    region_id: 'INTEGER',
    title: 'VARCHAR',
  });
  const [months] = await askDuckDb(
    `SELECT count(*)::text FROM ${whole} WHERE strftime(date_issued AT TIME ZONE 'UTC', '%Y-%m') <> issued_month`,
  );
  expect(months).toEqual(['0']);
  const items = await askDuckDb(
    `SELECT count(*)::text FROM '${parquet}/contract_items/*/*.parquet'`,
  );
  expect(items).toEqual([[String((await world.tables.rows('contract_items')).length)]]);
});

serverTest('--since gives what changed, in files beside the whole ones', async () => {
  const world = await filledWorld();
  const out = join(world.folder, 'out');
  const { nextSince, files } = await exported(
    world,
    '--out',
    out,
    '--format',
    'csv',
    '--since',
    '1',
  );
  expect(nextSince).toBe(2);
  const changed = (await world.tables.rows('contracts', 'changed_in = 2')).length;
  expect(changed).toBeGreaterThan(0);
  const found = files.find(({ table }) => table === 'contracts');
  expect(found).toEqual({
    table: 'contracts',
    path: join(out, 'contracts-since-1-to-2.csv'),
    rows: changed,
  });
});

serverTest('every view can be exported, and nothing is left of drafts', async () => {
  const world = await filledWorld({ start: new Date() });
  const out = join(world.folder, 'out');
  const views =
    'ship_offers,contract_offers,blueprint_offers,courier_offers,contract_sales,region_coverage';
  const { files } = await exported(world, '--out', out, '--format', 'parquet', '--table', views);
  expect(files.map(({ rows }) => rows).filter((rows) => rows > 0).length).toBeGreaterThan(4);
  for (const { path, rows } of files) {
    expect(await askDuckDb(`SELECT count(*)::text FROM '${path}'`)).toEqual([[String(rows)]]);
  }
  const left = (await readdir(out, { recursive: true })).filter(
    (name) => name.includes('/.') || name.startsWith('.'),
  );
  expect(left).toEqual([]);
});

serverTest.each([
  [['--format', 'csv'], /--out is missing/],
  [['--out', 'x', '--format', 'csv', '--table', 'nope'], /there is no nope; there are contracts, /],
  [['--out', 'x', '--format', 'csv', '--since', '99'], /is after the last run that has ended, 0/],
])('%j is wrong usage', async (args, words) => {
  const world = await startWorld();
  const { exitCode, stderr } = await world.command(['export', ...args]);
  expect(exitCode).toBe(64);
  expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '').msg).toMatch(words);
});

serverTest('a file that cannot be written is told of', async () => {
  const world = await filledWorld();
  const out = join(world.folder, 'a-file');
  await writeFile(out, 'in the way');
  const { exitCode, stderr } = await world.command([
    'export',
    '--out',
    `${out}/x`,
    '--format',
    'csv',
  ]);
  expect(exitCode).toBe(74);
  expect(stderr).toContain('a file could not be written');
});
