import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/repository.ts';
import { startCommand } from '../../support/run-process.ts';
import { serverTest, startWorld } from '../../support/run-world.ts';

const BIN = [process.execPath, `${REPOSITORY}bin/contracts-agg.js`];
/** A uid that no passwd entry names; as root; and CI has to be. */
const asNobody = ['setpriv', '--reuid=54321', '--clear-groups', 'env', '--chdir=/'];
const rootTest = test.runIf(userInfo().uid === 0 || process.env['CI'] !== undefined);

/** Runs the program as a user without passwd entry, home and settings. */
function homeless(command: string, env: Record<string, string> = {}) {
  return startCommand([...asNobody, ...BIN, ...command.split(' ')], { env, cwd: '/' }).done;
}

rootTest.each([
  { command: '--version', exitCode: 0 },
  { command: 'completion fish', exitCode: 0 },
  { command: 'run', exitCode: 78 },
  { command: 'ships', exitCode: 78 },
  { command: 'migrate', exitCode: 78 },
])('$command of a user without a home ends with $exitCode', async ({ command, exitCode }) => {
  const result = await homeless(command);

  expect(result.exitCode).toBe(exitCode);
  if (exitCode === 78) expect(result.stderr).toContain('DATA_DIR: this user has no home folder');
});

rootTest('doctor tells a user without a home what to set', async () => {
  const { exitCode, stdout } = await homeless('doctor', { ESI_BASE_URL: 'http://127.0.0.1:1' });

  expect(exitCode).toBe(78);
  expect(stdout).toMatch(/fail +data directory +this user has no home folder\n +→ set DATA_DIR/);
});

rootTest('a home that cannot be written is told of by the setting that helps', async () => {
  const { exitCode, stderr } = await homeless('run', { HOME: '/' });

  expect(exitCode).toBe(69);
  expect(stderr).toContain('set DATA_DIR to a folder that this user may write to');
});

test('a folder for temporary files that does not exist is not missed', async () => {
  const world = await startWorld({ embedded: true });
  const env = { TMPDIR: join(world.folder, 'missing') };

  expect((await world.spawnRun([], env).done).exitCode).toBe(0);
  expect((await world.spawn(['ships'], env).done).exitCode).toBe(0);
});

serverTest(
  '64 MB for what lives long are enough for a pass over thousands of contracts',
  async () => {
    const world = await startWorld({ contracts: 3000 });
    const [node = '', bin = ''] = BIN;
    const line = [node, '--max-old-space-size=64', bin, 'run', '--quiet'];

    const result = await startCommand(line, world.processOptions()).done;

    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  },
);

test.each([20, 40, 70])('with %i open files at most a run fails, and says why', async (limit) => {
  const world = await startWorld({ embedded: true, contracts: 20 });
  await mkdir(world.dataDir);
  const options = world.processOptions({ ESI_CONCURRENCY: '100' });
  const line = `ulimit -n ${limit} && exec "$@"`;

  const result = await startCommand(['bash', '-c', line, '-', ...BIN, 'run'], options).done;

  expect([70, 74]).toContain(result.exitCode);
  expect(result.stderr).toMatch(/EMFILE|raise the limit of open files/);
});
