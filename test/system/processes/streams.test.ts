import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/repository.ts';
import { startCommand } from '../../support/run-process.ts';
import { startWorld, type World } from '../../support/run-world.ts';
import { diskTest, mountSmallDisk } from '../../support/small-disk.ts';

const FULL = 'the result could not be written to stdout: ENOSPC: no space left on device';

/** Runs a line of a shell, in which `$BIN` is the program, in a process of its own. */
function shell(world: World, line: string, env: Record<string, string> = {}) {
  const { env: settings, cwd } = world.processOptions(env);
  const bin = `${process.execPath} ${REPOSITORY}bin/contracts-agg.js`;
  return startCommand(['bash', '-c', line], { env: { ...settings, BIN: bin }, cwd }).done;
}

test.each([
  'ships --format csv',
  'contracts --json',
  'status',
  'doctor --json',
  'completion bash',
  'sql "SELECT 1"',
  '--help',
  'run --json',
  'migrate',
])('%s says so, with 74, when its result finds no room', async (command) => {
  const world = await startWorld({ embedded: true, contracts: 5 });

  const result = await shell(world, `$BIN ${command} > /dev/full`);

  expect(result.exitCode).toBe(74);
  expect(result.stderr.split(FULL)).toHaveLength(2);
});

test('a statement comes from stdin, and a reader that leaves early is no fault', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });
  const lines = `printf '\\xef\\xbb\\xbf-- all\\nSELECT generate_series(1, 100000) AS n;\\n'`;

  const result = await shell(
    world,
    `set -o pipefail; ${lines} | $BIN sql --format csv - | head --lines 2`,
  );

  expect(result).toMatchObject({ exitCode: 0, stdout: 'n\n1\n' });
});

test('a statement on stdin that is no text is wrong usage', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });

  const result = await shell(world, `printf 'SELECT \\xff' | $BIN sql -`);

  expect(result.exitCode).toBe(64);
  expect(result.stderr).toContain('the statement on stdin is not UTF-8');
});

diskTest('a file on a disk that fills up half-way is told of', async () => {
  const world = await startWorld({ embedded: true, contracts: 300, start: new Date() });
  await world.run();
  const disk = await mountSmallDisk('size=4k');
  const out = join(disk.folder, 'out.csv');

  const result = await shell(
    world,
    `$BIN contracts --status outstanding,expired --format csv --limit 1000 > ${out}`,
  );

  expect(result).toMatchObject({ exitCode: 74, stderr: expect.stringContaining(FULL) });
  expect((await stat(out)).size).toBe(4096);
});

test('the pass of a run whose result is lost is complete all the same', async () => {
  const world = await startWorld({ embedded: true });

  expect((await shell(world, '$BIN run --json > /dev/full')).exitCode).toBe(74);

  expect(await world.tables.rows('aggregation_runs')).toMatchObject([
    { outcome: 'complete', exit_code: 0 },
  ]);
  await world.expectTruth();
});

test.each([
  { stderr: 'on a full disk', line: '$BIN run --json 2> /dev/full' },
  { stderr: 'closed', line: '$BIN run --json 2>&-' },
  { stderr: 'whose reader leaves', line: 'set -o pipefail; $BIN run 2>&1 >out | head -1' },
])('a pass does not mind a stderr $stderr', async ({ line }) => {
  const world = await startWorld({ embedded: true });

  expect((await shell(world, line, { LOG_LEVEL: 'debug' })).exitCode).toBe(0);

  expect(await world.tables.rows('aggregation_runs')).toMatchObject([
    { outcome: 'complete', exit_code: 0 },
  ]);
  await world.expectTruth();
});

test.each([
  { command: 'nonsense', exitCode: 64 },
  { command: 'run --log-level loud', exitCode: 78 },
  { command: 'completion zsh > /dev/full', exitCode: 74 },
])('$command ends with $exitCode though stderr is full', async ({ command, exitCode }) => {
  const world = await startWorld({ embedded: true, contracts: 5 });

  expect((await shell(world, `$BIN ${command} 2> /dev/full`)).exitCode).toBe(exitCode);
});

test('readers that leave, and a closed stdout, are no faults', async () => {
  const world = await startWorld({ embedded: true });
  await world.run();

  const left = await shell(world, 'set -o pipefail; $BIN contracts --format csv | head -1 > out');
  const closed = await shell(world, '$BIN contracts >&-');

  expect(left).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await readFile(join(world.folder, 'out'), 'utf8')).toMatch(/^contract/);
  expect(closed).toMatchObject({ exitCode: 0, stderr: '' });
});
