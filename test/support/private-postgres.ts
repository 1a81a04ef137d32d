import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, freePort } from './machine.ts';

const execute = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export interface PrivateServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of our own from the installed binaries; undefined when there are none. */
export async function startPostgres(): Promise<PrivateServer | undefined> {
  const bin = await findBinaries();
  if (bin === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'contracts-agg-postgres-'));
  if (isRoot()) await giveToPostgres(folder);
  const data = join(folder, 'data');
  const port = await freePort();
  await asServerUser(join(bin, 'initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '-N',
  ]);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200`;
  const log = join(folder, 'log');
  await asServerUser(join(bin, 'pg_ctl'), ['-D', data, '-o', options, '-l', log, '-w', 'start']);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await asServerUser(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', '-w', 'stop']);
      await rm(folder, { recursive: true, force: true });
    },
  };
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
