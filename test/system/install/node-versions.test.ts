import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeBinary, npmOn } from '../../support/npm.ts';
import { REPOSITORY } from '../../support/repository.ts';
import { readLog, startCommand, V8_FLAGS } from '../../support/run-process.ts';
import { serverTest, startWorld, THE_FORGE, type World } from '../../support/run-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** The oldest that package.json allows, and the newest of each later version with long support. */
const VERSIONS = ['20.19.0', '22', '24'];
const TOO_OLD = '18';
const BIN = `${REPOSITORY}bin/contracts-agg.js`;

const binaries = new Map<string, string>();

beforeAll(async () => {
  const versions = [...VERSIONS, TOO_OLD];
  await Promise.all(
    versions.map(async (version) => binaries.set(version, await nodeBinary(version))),
  );
}, 300_000);

function nodeOf(version: string): string {
  return binaries.get(version) ?? 'not installed';
}

/** A whole run by this Node; whatever is no JSON line of the run on stderr fails. */
async function expectWholeRun(world: World, version: string): Promise<void> {
  const running = startCommand([nodeOf(version), ...V8_FLAGS, BIN, 'run', '--json'], {
    env: world.env,
    cwd: world.folder,
  });
  const { summary } = world.read(await running.done);
  expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
  await world.expectTruth();
}

describe.each(VERSIONS)('on Node %s', (version) => {
  test('no package wants another Node when npm installs them', async () => {
    const folder = await tempFolder();
    for (const file of ['package.json', 'package-lock.json']) {
      await copyFile(join(REPOSITORY, file), join(folder, file));
    }

    const said = await npmOn(nodeOf(version), folder, 'ci', '--dry-run', '--no-audit');

    expect(said).toMatch(/^added \d+ packages/m);
    expect(said).not.toContain('EBADENGINE');
  }, 180_000);

  test('the version is told, and nothing else', async () => {
    const command = [nodeOf(version), BIN, '--version'];
    const result = await startCommand(command, { env: {}, cwd: REPOSITORY }).done;

    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('a whole run into the embedded database, whose locks are native code', async () => {
    const world = await startWorld({ embedded: true, start: new Date(), regionIds: [THE_FORGE] });

    await expectWholeRun(world, version);
  }, 180_000);

  serverTest('a whole run into PostgreSQL, with Redis', async () => {
    await expectWholeRun(await startWorld({ start: new Date() }), version);
  });
});

test.each([['--version'], ['run']])('a Node that is too old is told so by %s', async (argument) => {
  const command = [nodeOf(TOO_OLD), BIN, argument];
  const result = await startCommand(command, { env: {}, cwd: REPOSITORY }).done;

  expect(result).toMatchObject({ exitCode: 78, stdout: '' });
  const [line, ...others] = readLog(result);
  expect(others).toEqual([]);
  expect(line).toMatchObject({ level: 'fatal', time: expect.any(String) });
  expect(line?.['msg']).toMatch(/^Node 18\.\S+ is too old \(\S+\): .* needs 20\.19 or newer$/);
});
