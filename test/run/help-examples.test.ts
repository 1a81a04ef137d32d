import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { archiveName, canPack } from '../../fixtures/everef/archive.ts';
import { startArchiveServer } from '../../fixtures/everef/server.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { archiveNow } from '../support/archive-world.ts';
import { createServerDatabase } from '../support/databases.ts';
import { hasServers, openWorld, type World } from '../support/run-world.ts';

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL('../../bin/contracts-agg.js', import.meta.url));
const NAMES = COMMANDS.map(({ name }) => name);

function helpOf(...argv: readonly string[]): string {
  let text = '';
  parseArguments([...argv, '--help'], (part) => {
    text += part;
  });
  return text;
}

/** The lines below "Examples:". */
function examplesIn(help: string): string[] {
  const [, block = ''] = /\nExamples:\n((?: {2}.*\n)+)/.exec(`${help}\n`) ?? [];
  return block
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim());
}

/** Nothing but words, which a shell would only hand on. */
function isPlain(example: string): boolean {
  return /^[\w., -]+$/.test(example.replaceAll(/"[\w ]+"/g, ''));
}

function wordsOf(example: string): string[] {
  return [...example.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word = '']) => quoted ?? word);
}

/** A command by that name on the PATH, as an installation has it. */
async function install(folder: string): Promise<void> {
  const path = join(folder, 'contracts-agg');
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  await chmod(path, 0o755);
}

/** A database of its own stands for the one that examples name; without a server there is none. */
async function otherDatabase(): Promise<string> {
  if (!hasServers) return 'a server is missing';
  const { url, drop } = await createServerDatabase();
  onTestFinished(drop);
  return url;
}

/** A server of its own stands for EVE Ref's. */
async function otherArchives(world: World): Promise<string> {
  if (!canPack) return 'bzip2 is missing';
  const server = await startArchiveServer();
  onTestFinished(server.close);
  const archive = await readFile(await archiveNow(world));
  server.archives.set('/public-contracts/public-contracts-latest.v2.tar.bz2', archive);
  server.archives.set(`/public-contracts/history/2026/${archiveName(world.now())}`, archive);
  return server.url;
}

describe('an example of the help', () => {
  let world: World;

  beforeAll(async () => {
    const options = { embedded: !hasServers, contracts: 30, start: new Date() };
    const opened = await openWorld(options);
    world = opened.world;
    await install(world.folder);
    expect((await world.run()).summary.exitCode).toBe(0);
    return opened.close;
  });

  const helps = [helpOf(), ...NAMES.map((name) => helpOf(name))];
  const examples = [...new Set(helps.flatMap(examplesIn))];

  test.each(examples.filter(isPlain))('runs: %s', async (example) => {
    const { exitCode, stderr } = await world.command(wordsOf(example).slice(1));

    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toMatch(/"level":"(warn|error|fatal)"/);
  });

  test.each(examples.filter((example) => !isPlain(example)))(
    'runs in a shell: %s',
    async (example) => {
      const line = example
        .replace(/postgres:\S*db\.example\.com\/contracts/, await otherDatabase())
        .replace('https://data.everef.net', await otherArchives(world));
      const { stderr } = await execute('bash', ['--norc', '-c', `set -o pipefail; ${line}`], {
        cwd: world.folder,
        env: { ...world.env, PATH: `${world.folder}:${process.env['PATH']}` },
      });

      expect(stderr).not.toMatch(/"level":"(warn|error|fatal)"/);
    },
  );
});

test.each(NAMES)('the help of %s has two examples at least, all of that command', (command) => {
  const examples = examplesIn(helpOf(command));

  expect(examples.length).toBeGreaterThanOrEqual(2);
  for (const example of examples) expect(example).toContain(`contracts-agg ${command}`);
});

test('the help of run tells the exit codes and where settings come from', () => {
  const help = helpOf('run');

  for (const code of [0, 1, 64, 69, 70, 74, 75, 78]) {
    expect(help).toMatch(new RegExp(`^  ${code} +\\S`, 'm'));
  }
  expect(help).toContain('--env-file');
  expect(help).toContain('environment variables');
});
