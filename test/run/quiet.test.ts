import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../support/machine.ts';
import { readLog } from '../support/run-process.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../support/run-world.ts';

function startSmallWorld({ embedded = false } = {}): Promise<World> {
  return startWorld({ contracts: 12, regionIds: [THE_FORGE], embedded });
}

serverTest('a quiet run that is complete prints nothing, and its log is in the file', async () => {
  const world = await startSmallWorld();
  const path = join(world.folder, 'run.log');

  const result = await world.command(['run', '--quiet', '--log-file', path]);

  expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  const log = readLog({ ...result, stderr: await readFile(path, 'utf8') });
  expect(log.at(-1)).toMatchObject({ msg: 'run finished', summary: { exitCode: 0 } });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

serverTest('a quiet run without a file for its log prints nothing either', async () => {
  const world = await startSmallWorld();

  const result = await world.command(['run', '--quiet']);

  expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

serverTest('a quiet run that finds another at work prints nothing', async () => {
  const world = await startSmallWorld();
  const client = await world.redis.client();
  await client.set(world.redis.lockKey, 'another run');

  const result = await world.command(['run', '--quiet']);

  expect(result).toEqual({ exitCode: 75, stdout: '', stderr: '' });
});

serverTest('a quiet run that fails says so in a few lines on stderr', async () => {
  const world = await startSmallWorld();
  const DATABASE_URL = `postgres://me:hunter2@127.0.0.1:${await freePort()}/d`;
  const LOG_FILE = join(world.folder, 'run.log');

  const result = await world.command(['run', '--quiet'], { DATABASE_URL, LOG_FILE });

  expect(result).toMatchObject({ exitCode: 74, stdout: '' });
  expect(result.stderr.split('\n')).toHaveLength(4);
  expect(result.stderr).toMatch(/^contracts-agg run: failed, exit code 74, /);
  expect(result.stderr).not.toContain('hunter2');
});

test('a quiet run with wrong settings says so for people', async () => {
  const world = await startSmallWorld({ embedded: true });

  const result = await world.command(['run', '--quiet'], { ESI_CONCURRENCY: '0' });

  expect(result).toEqual({
    exitCode: 78,
    stdout: '',
    stderr:
      'error: Invalid settings:\n  - ESI_CONCURRENCY: expected a whole number from 1 to 1000\n',
  });
});

test('a quiet run with --json is wrong usage', async () => {
  const world = await startSmallWorld({ embedded: true });

  const result = await world.command(['run', '--quiet', '--json']);

  expect(result).toMatchObject({ exitCode: 64, stdout: '' });
  expect(result.stderr).toContain("'--quiet' cannot be used with option '--json'");
});

test('a log file that cannot be opened ends the run before it begins', async () => {
  const world = await startSmallWorld({ embedded: true });

  const result = await world.command(['run', '--quiet', '--log-file', '/missing/run.log']);

  expect(result).toMatchObject({ exitCode: 78, stdout: '' });
  expect(result.stderr).toContain('LOG_FILE: cannot be opened to append to: ENOENT');
  expect(world.esi.requests).toEqual([]);
});
