import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { freePort } from '../../support/machine.ts';
import type { Environment } from '../../support/run-process.ts';
import { DOMAIN, serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';

const COMPLETE_AT = 'contracts_agg_last_complete_timestamp_seconds';
const EXIT_CODE = 'contracts_agg_last_run_exit_code';
const ENDED_AT = 'contracts_agg_last_run_end_timestamp_seconds';

function startSmallWorld(): Promise<World> {
  return startWorld({ contracts: 12, regionIds: [THE_FORGE, DOMAIN] });
}

function fileOf({ folder }: World): string {
  return join(folder, 'contracts-agg.prom');
}

/** Series with their values. */
async function readSeries(path: string): Promise<Map<string, number>> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const series = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(series.map((line) => [line.slice(0, line.lastIndexOf(' ')), numberAtEnd(line)]));
}

function numberAtEnd(line: string): number {
  return Number(line.slice(line.lastIndexOf(' ')));
}

function regionSeries(series: ReadonlyMap<string, number>): [string, number][] {
  return [...series].filter(([name]) => name.includes('region_id='));
}

serverTest('a run writes its metrics where --metrics-file says', async () => {
  const world = await startSmallWorld();
  const path = fileOf(world);

  const { summary } = await world.run(['--metrics-file', path]);

  const series = await readSeries(path);
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  expect(Object.fromEntries(series)).toMatchObject({
    [EXIT_CODE]: 0,
    'contracts_agg_last_run_outcome{outcome="complete"}': 1,
    [COMPLETE_AT]: Date.parse(summary.finishedAt) / 1000,
    [ENDED_AT]: Date.parse(summary.finishedAt) / 1000,
    contracts_agg_last_run_listed_contracts: summary.contracts.listed,
    contracts_agg_last_run_ship_contracts: summary.shipContracts,
    contracts_agg_last_run_esi_requests: summary.esi.requests,
  });
  const regions = await world.tables.rows('regions');
  const expected = regions.map((row) => [
    `contracts_agg_region_snapshot_timestamp_seconds{region_id="${row['region_id']}",region="${row['name']}"}`,
    Date.parse(String(row['snapshot_last_modified'])) / 1000,
  ]);
  expect(regionSeries(series).sort()).toEqual(expected.sort());
});

serverTest('regions that the settings name no longer are left out', async () => {
  const world = await startSmallWorld();
  await world.run();
  const METRICS_FILE = fileOf(world);

  await world.run([], { METRICS_FILE, REGION_IDS: `${DOMAIN}` });

  const names = regionSeries(await readSeries(METRICS_FILE)).map(([name]) => name);
  expect(names).toEqual([expect.stringContaining(`"${DOMAIN}"`)]);
});

serverTest.each([
  {
    about: 'that ESI fails',
    exitCode: 1,
    outcome: 'partial',
    env: async (): Promise<Environment> => ({
      ESI_BASE_URL: `http://127.0.0.1:${await freePort()}`,
    }),
  },
  {
    about: 'without a lock server',
    exitCode: 69,
    outcome: 'unavailable',
    env: async (): Promise<Environment> => ({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` }),
  },
  {
    about: 'without a database',
    exitCode: 74,
    outcome: 'failed',
    env: async (): Promise<Environment> => ({
      DATABASE_URL: `postgres://me@127.0.0.1:${await freePort()}/d`,
    }),
  },
])('a run $about tells of itself, and keeps when the last was complete', async (failing) => {
  const world = await startSmallWorld();
  const METRICS_FILE = fileOf(world);
  await world.run([], { METRICS_FILE });
  const before = await readSeries(METRICS_FILE);
  world.forward(31);

  const { summary } = await world.run([], { METRICS_FILE, ...(await failing.env()) });

  const after = await readSeries(METRICS_FILE);
  expect(summary.exitCode).toBe(failing.exitCode);
  expect(after.get(EXIT_CODE)).toBe(failing.exitCode);
  expect(after.get(`contracts_agg_last_run_outcome{outcome="${failing.outcome}"}`)).toBe(1);
  expect(after.get(ENDED_AT)).toBe(Date.parse(summary.finishedAt) / 1000);
  expect(after.get(COMPLETE_AT)).toBe(before.get(COMPLETE_AT));
  expect(regionSeries(after)).toEqual(regionSeries(before));
  expect(regionSeries(after)).toHaveLength(2);
});

serverTest('a run that finds another at work leaves its metrics alone', async () => {
  const world = await startSmallWorld();
  const METRICS_FILE = fileOf(world);
  await world.run([], { METRICS_FILE });
  const before = await readFile(METRICS_FILE, 'utf8');
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const { summary } = await world.run([], { METRICS_FILE });

  expect(summary.exitCode).toBe(75);
  expect(await readFile(METRICS_FILE, 'utf8')).toBe(before);
});

serverTest('a dry run writes no metrics', async () => {
  const world = await startSmallWorld();

  await world.run(['--dry-run'], { METRICS_FILE: fileOf(world) });

  await expect(stat(fileOf(world))).rejects.toMatchObject({ code: 'ENOENT' });
});

serverTest(
  'a metrics file that cannot be written is an error with a remedy, and no more',
  async () => {
    const world = await startSmallWorld();
    await mkdir(fileOf(world));

    const { summary, log } = await world.run([], { METRICS_FILE: fileOf(world) });

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0, failureCount: 0 });
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      {
        msg: 'the metrics file could not be written',
        path: fileOf(world),
        remedy: 'correct METRICS_FILE: it names a folder',
      },
    ]);
  },
);

serverTest('a path that node_exporter would not read is a wrong setting', async () => {
  const world = await startSmallWorld();

  const result = await world.command(['run', '--metrics-file', '/tmp/metrics.txt']);

  expect(result.exitCode).toBe(78);
  expect(result.stderr).toContain('METRICS_FILE: expected a path that ends in .prom');
});

serverTest(
  'a run over one region is no complete pass over those that the settings name',
  async () => {
    const world = await startSmallWorld();
    const path = fileOf(world);

    await world.run(['--metrics-file', path, '--region', 'Domain']);
    expect((await readSeries(path)).has(COMPLETE_AT)).toBe(false);
    await world.run(['--metrics-file', path]);
    const before = (await readSeries(path)).get(COMPLETE_AT);
    world.forward(31);
    await world.run(['--metrics-file', path, '--region', 'Domain']);

    expect((await readSeries(path)).get(COMPLETE_AT)).toBe(before);
    expect(before).toBeDefined();
  },
);
