import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findOnPath, freePort } from './machine.ts';

const execute = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface PrivateServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A server whose life a test has in its hand. */
export interface PrivatePostgres extends PrivateServer {
  /** Where its socket lies. */
  readonly socketFolder: string;
  /** Breaks every connection at once and writes nothing more, as a crash would. */
  halt(): Promise<void>;
  /** Starts it again where it was, and waits until it answers. */
  start(): Promise<void>;
  /** The postmaster and all that it started. */
  pids(): Promise<readonly number[]>;
}

export interface PostgresOptions {
  /** Where its files lie. @default a folder for temporary files */
  readonly parent?: string;
  /** As on the command line: `['max_connections=8']`. */
  readonly settings?: readonly string[];
}

/** Whoever is called so needs a password; everybody else does not. */
export const ROLE_WITH_PASSWORD = 'with_password';

const MAX_STARTS = 20;
const START_AGAIN_MS = 500;
const SETTINGS = ['listen_addresses=127.0.0.1', 'fsync=off', 'max_connections=200'];

/** Starts a PostgreSQL of our own from the installed binaries; undefined when there are none. */
export async function startPostgres({
  parent = tmpdir(),
  settings = [],
}: PostgresOptions = {}): Promise<PrivatePostgres | undefined> {
  const bin = await findBinaries();
  if (bin === undefined) return undefined;
  const folder = await mkdtemp(join(parent, 'contracts-agg-postgres-'));
  if (isRoot()) await giveToPostgres(folder);
  const data = join(folder, 'data');
  const port = await freePort();
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'];
  await asServerUser(join(bin, 'initdb'), init);
  await askForPassword(join(data, 'pg_hba.conf'));
  const parameters = [...SETTINGS, ...settings].map((setting) => `-c ${setting}`);
  const options = [`-p ${port} -k ${folder}`, ...parameters].join(' ');
  const log = join(folder, 'log');
  const control = (...args: string[]) => asServerUser(join(bin, 'pg_ctl'), ['-D', data, ...args]);
  const start = () => patiently(() => control('-o', options, '-l', log, '-w', 'start'));
  const halt = async () => void (await control('-m', 'immediate', '-w', 'stop'));
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    socketFolder: folder,
    halt,
    start,
    pids: () => familyOf(data),
    stop: async () => {
      // It may be down already: that is what some tests are about.
      await halt().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A backend that has not noticed yet that its server was killed is in the way of the next one. */
async function patiently(start: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await start();
      return;
    } catch (error) {
      if (attempt === MAX_STARTS) throw error;
      await delay(START_AGAIN_MS);
    }
  }
}

/** The first line that fits a user counts. */
async function askForPassword(path: string): Promise<void> {
  const rule = `host all ${ROLE_WITH_PASSWORD} 127.0.0.1/32 scram-sha-256`;
  await writeFile(path, `${rule}\n${await readFile(path, 'utf8')}`);
}

/** The postmaster of a data directory and its children. */
async function familyOf(data: string): Promise<number[]> {
  const postmaster = Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const parents = await Promise.all(pids.map(parentOf));
  return [postmaster, ...pids.filter((_, index) => parents[index] === postmaster)];
}

/** Undefined for a process that has gone meanwhile. */
async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name in brackets: state, parent.
  const parent = /\) \S (\d+)/.exec(stat)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

async function findBinaries(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return join(DEBIAN_FOLDER, String(newest), 'bin');
  return findOnPath('pg_ctl');
}

/** PostgreSQL refuses to run as root. */
function asServerUser(program: string, args: readonly string[]) {
  const options = { cwd: tmpdir() };
  if (!isRoot()) return execute(program, [...args], options);
  return execute('runuser', ['-u', 'postgres', '--', program, ...args], options);
}

async function giveToPostgres(folder: string): Promise<void> {
  const { stdout } = await execute('id', ['-u', 'postgres']);
  await chown(folder, Number(stdout), -1);
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}
