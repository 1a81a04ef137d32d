import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './repository.ts';

const execute = promisify(execFile);
const CACHE = join(REPOSITORY, 'node_modules/.cache/contracts-agg');
/** What is not asked: it would only cost time. */
const QUIET = ['--no-audit', '--no-fund', '--prefer-offline'];

/** Runs npm in a folder, and gives what it printed. */
export async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  const [command = '', ...rest] = args;
  const options = command === 'install' ? QUIET : [];
  const { stdout } = await execute('npm', [command, ...options, ...rest], { cwd: folder });
  return stdout;
}

/** What npm says, warnings too, when this Node runs it. */
export async function npmOn(
  node: string,
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const path = `${dirname(node)}${delimiter}${process.env['PATH']}`;
  const options = { cwd: folder, env: { ...process.env, PATH: path } };
  const { stdout, stderr } = await execute('npm', [...args], options);
  return stderr + stdout;
}

/** A Node of another version, from npm's registry; kept until packages are installed anew. */
export async function nodeBinary(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(CACHE, `node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (await exists(binary)) return binary;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  await npm(draft, 'install', '--prefix', draft, `${name}@${version}`);
  try {
    await rename(draft, folder);
  } catch (error) {
    // Another test was faster.
    if (!(await exists(binary))) throw error;
    await rm(draft, { recursive: true });
  }
  return binary;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
