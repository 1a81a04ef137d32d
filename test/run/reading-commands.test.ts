import { beforeAll, expect, test } from 'vitest';
import { readMigrations } from '../../src/database/open/migrations.ts';
import { readTree } from '../support/file-tree.ts';
import { readLog } from '../support/run-process.ts';
import {
  hasServers,
  openWorld,
  serverTest,
  startWorld,
  THE_FORGE,
  type World,
} from '../support/run-world.ts';

let world: World;

beforeAll(async () => {
  const opened = await openWorld({ embedded: !hasServers, contracts: 30 });
  world = opened.world;
  expect((await world.run()).summary.exitCode).toBe(0);
  return opened.close;
});

async function json(...args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await world.command(args);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout);
}

type Rows = readonly Readonly<Record<string, unknown>>[];

test('contracts lists all that are outstanding, with the link into the game', async () => {
  const rows = (await json('--json', 'contracts', '--limit', '100')) as Rows;

  expect(rows).toHaveLength(30);
  for (const { contractId, link } of rows) expect(link).toBe(`contract:0//${contractId}`);
});

test('ships by the beginning of a region are listed, and what was taken for what is told', async () => {
  const args = ['ships', '--region', 'the for', '--format', 'json', '--limit', '100'];

  const { exitCode, stdout, ...output } = await world.command(args);

  expect(exitCode).toBe(0);
  const rows = JSON.parse(stdout) as Rows;
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows.map(({ regionId }) => regionId))).toEqual(new Set([THE_FORGE]));
  const [line] = readLog({ exitCode, stdout, ...output });
  expect(line).toMatchObject({ level: 'info', wanted: 'the for', taken: 'The Forge' });
});

test.each([
  [
    'ships',
    '--region',
    'The Forgery',
    'no region called "The Forgery" (did you mean "The Forge"?)',
  ],
  ['ships', '--group', 'Frigates', 'no ship group called "Frigates" (did you mean "Frigate"'],
  ['contracts', '--type', 'Xyzzy', 'no type called "Xyzzy"'],
  ['status', '--region', 'Domian', 'no region called "Domian" (did you mean "Domain"?)'],
])('%s %s "%s" is wrong usage, with what is near', async (command, option, name, message) => {
  const result = await world.command([command, option, name]);

  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(readLog(result)[0]).toMatchObject({ msg: expect.stringContaining(message) });
});

test('status tells of regions; with one of them, --max-age looks at when that was checked', async () => {
  const status = await json(
    'status',
    '--json',
    '--region',
    `domain,${THE_FORGE}`,
    '--max-age',
    '1h',
  );

  expect(status).toMatchObject({
    isFresh: true,
    regions: [
      { name: 'The Forge', stale: false, capped: false },
      { name: 'Domain', stale: false },
    ],
  });
  world.forward(61);
  const args = ['--max-age', '1h'];
  const late = await world.command(['status', '--region', 'Domain', ...args]);
  expect(late.exitCode).toBe(1);
  expect(late.stdout).toContain('1 known, 1 stale, 0 capped');
  expect(late.stdout).toMatch(
    /1 of 1 region is too old: Domain \(61 min ago\); the last run ended/,
  );
  const whole = await world.command(['status', ...args]);
  expect(whole.exitCode).toBe(1);
});

test('a pass over one region makes the others that the settings name no younger', async () => {
  const other = await startWorld({ contracts: 20, embedded: true });
  await other.run();
  other.forward(61);
  await other.run(['--region', 'Domain']);

  const watch = (...args: string[]) => other.command(['status', '--max-age', '1h', ...args]);
  const quiet = await watch('--quiet');

  expect(quiet).toMatchObject({ exitCode: 1, stdout: '' });
  expect(quiet.stderr).toMatch(/^contracts-agg: 2 of 3 regions are too old: .*: complete\n$/);
  expect(await watch('--quiet', '--region', 'Domain')).toMatchObject({
    exitCode: 0,
    stdout: '',
    stderr: '',
  });
});

test('a region that no run has read yet is too old, whether it was tried or not', async () => {
  const other = await startWorld({ contracts: 20, embedded: true });
  await other.run(['--region', 'Domain']);

  const named = await other.command(['status', '--max-age', '1h', '--quiet']);
  const all = await other.command(['status', '--max-age', '1h', '--quiet'], { REGION_IDS: 'all' });

  expect(named.stderr).toContain('2 of 3 regions are too old: The Forge (never read)');
  expect(all).toMatchObject({ exitCode: 1 });
  expect(all.stderr).toContain('no run has been over all regions yet');
});

const migrations = await readMigrations();

test('migrate --status tells the version and what is pending, and makes nothing', async () => {
  const empty = await startWorld({ embedded: true, contracts: 6 });

  // An empty database is opened, and the making of one is faster in a process that starts so.
  const { exitCode, stdout } = await empty.spawn(['migrate', '--status', '--json']).done;

  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    version: null,
    applied: [],
    pending: { length: migrations.length },
  });
  expect(await readTree(empty.folder)).toEqual({});
  const current = (await json('migrate', '--status', '--json')) as { applied: readonly string[] };
  expect(current).toMatchObject({ version: current.applied.at(-1), pending: [] });
});

serverTest('migrate --status says in words what is pending', async () => {
  const empty = await startWorld({ contracts: 6 });

  const { exitCode, stdout } = await empty.command(['migrate', '--status']);

  expect(exitCode).toBe(1);
  const pending = `${migrations.length} pending: run \`contracts-agg migrate\`\npending `;
  expect(stdout).toMatch(/^database at no version/);
  expect(stdout).toContain(pending);
  expect(await empty.tables.names()).toEqual([]);
});

test.each(['ships', 'contracts'])(
  '%s tells how many there are beside those it shows',
  async (command) => {
    const [all, some] = await Promise.all([
      world.command([command, '--json', '--limit', '1000']),
      world.command([command, '--limit', '2']),
    ]);
    const { length } = JSON.parse(all.stdout) as readonly unknown[];

    expect(length).toBeGreaterThan(2);
    expect(some.stdout.trimEnd().split('\n').at(-1)).toBe(`2 of ${length}; --limit shows more`);
    expect((await world.command([command, '--limit', '1000'])).stdout).not.toContain('--limit');
  },
);

test.each(['ships', 'contracts'])(
  '%s of an empty database tells how it is filled',
  async (command) => {
    const empty = await startWorld({ embedded: true, contracts: 6 });

    const { exitCode, stdout } = await empty.command([command]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^no .*contracts: nothing was stored yet; `contracts-agg run`/);
    expect((await world.command([command, '--title', 'no such title'])).stdout).not.toContain(
      'run',
    );
  },
);

test.each([
  {
    args: ['--min-price', '2m', '--max-price', '1m'],
    names: '--min-price is more than --max-price',
  },
  {
    args: ['--min-time-left', '2d', '--expires-within', '1d'],
    names: '--min-time-left is more than --expires-within',
  },
])('filters that nothing can pass are refused: $names', async ({ args, names }) => {
  const result = await world.command(['contracts', ...args]);

  expect(result.exitCode).toBe(64);
  expect(result.stderr).toContain(names);
});

test('ships come by the price of one hull, the dearest first when asked', async () => {
  const prices = async (...args: string[]) => {
    const ships = await json('ships', '--json', '--sort', 'price-each', '--limit', '1000', ...args);
    return (ships as { priceEach: string }[]).map(({ priceEach }) => Number(priceEach));
  };
  const rising = await prices();

  expect(rising.length).toBeGreaterThan(2);
  expect(rising).toEqual(rising.toSorted((one, other) => one - other));
  expect(await prices('--desc')).toEqual(rising.toReversed());
});
