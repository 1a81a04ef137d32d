import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { migrate, readMigrations } from '../src/database/migrations.ts';
import { openServerDatabase } from '../src/database/open-server.ts';
import { startPostgres } from '../test/support/private-postgres.ts';
import { startRedis } from '../test/support/private-redis.ts';
import { type EsiProcess, measureRun, measureScript, startEsiProcess } from './processes.ts';
import type { Usage } from './usage.ts';

const SMALL = 10_000;
const FULL = 50_000;
const RESULTS_FILE = 'bench-results.json';

interface Row extends Usage {
  readonly name: string;
  readonly requests: number;
  readonly notModified: number;
}

const { values } = parseArgs({ options: { full: { type: 'boolean', default: false } } });
await bench(values.full ? FULL : SMALL);

/** Measures the program beside the floor and a plain reader, all in one run on one machine. */
async function bench(contracts: number): Promise<void> {
  const postgres = await startPostgres();
  const redis = await startRedis();
  if (postgres === undefined || redis === undefined) {
    throw new Error('the benchmark needs the binaries of PostgreSQL and of Redis or Valkey');
  }
  const esi = await startEsiProcess(contracts, 0, 0);
  const dataDir = await mkdtemp(join(tmpdir(), 'contracts-agg-bench-'));
  try {
    const rows = await measureAll(esi, postgres.url, redis.url, dataDir);
    const { url: _, ...facts } = esi;
    process.stdout.write(
      `${facts.contracts} contracts, ${facts.items} items, ${facts.types} types\n\n`,
    );
    process.stdout.write(format(rows));
    await writeFile(RESULTS_FILE, `${JSON.stringify({ ...facts, rows }, null, 2)}\n`);
  } finally {
    esi.stop();
    await redis.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureAll(
  esi: EsiProcess,
  postgresUrl: string,
  redisUrl: string,
  dataDir: string,
): Promise<Row[]> {
  const rows: Row[] = [];
  const measure = async (name: string, work: () => Promise<Usage>) => {
    const usage = await work();
    const { requests, notModified } = await esi.counts();
    rows.push({ name, ...usage, requests, notModified });
  };
  const floorUrl = await createDatabase(postgresUrl, 'bench_floor');
  await measure('floor: GET and COPY', () => measureScript('floor.ts', [esi.url, floorUrl]));
  const peerUrl = await createDatabase(postgresUrl, 'bench_peer');
  await measure('peer: unnest, no types', () => measureScript('peer.ts', [esi.url, peerUrl]));
  const environment = {
    ESI_BASE_URL: esi.url,
    ESI_MAX_RPS: '0',
    REGION_IDS: 'all',
    DATABASE_URL: await createDatabase(postgresUrl, 'bench_ours'),
    REDIS_URL: redisUrl,
    DATA_DIR: dataDir,
  };
  await measure('contracts-agg, cold', () => measureRun(environment));
  await measure('contracts-agg, unchanged', () => measureRun(environment));
  const { DATABASE_URL: _, REDIS_URL: __, ...embedded } = environment;
  await measure('contracts-agg, cold, embedded', () => measureRun(embedded));
  return rows;
}

/** A database with our tables; the floor's items go to one without a key, as COPY has no order. */
async function createDatabase(postgresUrl: string, name: string): Promise<string> {
  const admin = new pg.Client({ connectionString: postgresUrl });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const database = openServerDatabase(url.href, 1);
  await migrate(database.transact, await readMigrations());
  await database.execute('CREATE TABLE contract_items_floor (LIKE contract_items)');
  await database.close();
  return url.href;
}

function format(rows: readonly Row[]): string {
  const floorSeconds = rows[0]?.seconds ?? 1;
  const head = ['', 'seconds', '× floor', 'CPU s', 'peak MB', 'requests', '304'];
  const body = rows.map((row) => [
    row.name,
    row.seconds.toFixed(1),
    (row.seconds / floorSeconds).toFixed(2),
    row.cpuSeconds.toFixed(1),
    row.peakMegabytes.toFixed(0),
    String(row.requests),
    String(row.notModified),
  ]);
  return [head, ...body]
    .map(
      ([name = '', ...cells]) => name.padEnd(32) + cells.map((cell) => cell.padStart(10)).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}
