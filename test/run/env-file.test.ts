import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLog } from '../support/run-process.ts';
import { startWorld } from '../support/run-world.ts';

test('a name that is nearly a setting is told of, and the run goes on', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });
  await writeFile(join(world.folder, '.env'), 'DATABSE_URL=postgres://u:s3cret-pw@h/d\n');

  const result = await world.run();
  const quiet = await world.command(['run', '--quiet']);

  const notice = 'DATABSE_URL in .env is no setting; did you mean DATABASE_URL?';
  expect(readLog(result).filter(({ msg }) => msg === notice)).toMatchObject([{ level: 'warn' }]);
  expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: `contracts-agg: ${notice}\n` });
});

test('a .env that cannot be read is told of; one that is asked for ends the run', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });
  await mkdir(join(world.folder, '.env'));

  const implicit = await world.command(['status', '--json']);
  const asked = await world.command(['status', '--env-file', '.env']);

  expect(implicit.exitCode).toBe(0);
  expect(implicit.stderr).toContain('settings in .env are not used, it cannot be read: EISDIR');
  expect(asked.exitCode).toBe(78);
  expect(asked.stderr).toContain('--env-file: cannot be read: EISDIR');
});

test('a settings file that is no text ends the run, with nothing done', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });
  await writeFile(join(world.folder, '.env'), Buffer.from('DATABASE_URL=x', 'utf16le'));

  const result = await world.command(['run']);

  expect(result).toMatchObject({ exitCode: 78, stdout: '' });
  expect(result.stderr).toContain('.env is no text: save it as UTF-8');
  expect(world.esi.requests).toEqual([]);
});

test('~ in a path is the home of the user, as in a shell', async () => {
  const world = await startWorld({ embedded: true, contracts: 5 });

  const result = await world.command(['doctor', '--json'], { DATA_DIR: '~/contracts-agg-test' });

  const findings = JSON.parse(result.stdout) as { check: string; message: string }[];
  const found = findings.find(({ check }) => check === 'data directory');
  expect(found?.message).toContain(join(homedir(), 'contracts-agg-test'));
  expect((await world.command(['status'], { DATA_DIR: '~bob/x' })).exitCode).toBe(78);
});
