import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished, test } from 'vitest';
import { type Environment, type RunningProcess, startCommand } from './run-process.ts';

const execute = promisify(execFile);
/** Where distroless images have Node. */
const NODE_IN_IMAGE = '/nodejs/bin/node';
const SETPRIV = '/usr/bin/setpriv';

/** As root; and CI has to be. */
const canContain = userInfo().uid === 0 || process.env['CI'] !== undefined;
/** A test that starts containers without an engine, by the kernel's own means. */
export const containerTest = test.runIf(canContain);
/** As `containerTest`, on PostgreSQL and Redis. */
export const containerServerTest = test.runIf(
  canContain && inject('postgresUrl') !== null && inject('redisUrl') !== null,
);

/** What is mounted into a container: a folder of this machine, or one in memory. */
export type Mount =
  | { readonly path: string; readonly source: string; readonly readOnly: boolean }
  | { readonly path: string; readonly size: string };

export interface ContainerOptions {
  /** The files of the image; read-only in the container. */
  readonly root: string;
  readonly command: readonly string[];
  readonly env: Environment;
  readonly user: number;
  readonly group: number;
  /** The only other group that the user is in. */
  readonly supplementaryGroup?: number | undefined;
  readonly folder: string;
  readonly mounts: readonly Mount[];
}

/**
 * Starts a container as an engine would: in namespaces of its own, as process 1, in a root directory
 * that is read-only, as a user without a capability who can get none. Only the network is this
 * machine's.
 */
export function startContainer(options: ContainerOptions): RunningProcess {
  const { root, command, env, user, group, supplementaryGroup, folder, mounts } = options;
  const script = [
    ...bind(root, root, true),
    `mount --rbind /dev ${root}/dev`,
    `mount -t proc proc ${root}/proc`,
    ...mounts.flatMap((mount) => mountAt(`${root}${mount.path}`, mount)),
    `exec unshare --root=${root} --wd=${folder} -- "$@"`,
  ];
  const asUser = [
    ...[SETPRIV, `--reuid=${user}`, `--regid=${group}`, '--no-new-privs'],
    supplementaryGroup === undefined ? '--clear-groups' : `--groups=${supplementaryGroup}`,
    ...['--inh-caps=-all', '--bounding-set=-all', '--'],
  ];
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--'];
  const running = startCommand(
    [...namespaces, 'sh', '-ec', script.join('\n'), 'sh', ...asUser, ...command],
    { env, cwd: tmpdir() },
  );
  // With it goes what it started.
  onTestFinished(() => running.kill('SIGKILL'));
  return running;
}

/** Sends a signal to the process 1 of a container, as an engine does that stops it. */
export async function signalContainer({ pid }: RunningProcess, signal: NodeJS.Signals) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  process.kill(Number(children), signal);
}

/**
 * A root directory with no more than a distroless image of Node has: no shell, no package manager.
 * What sets the user is there too, as the kernel alone cannot.
 */
export async function makeDistroless(root: string, node: string): Promise<void> {
  for (const folder of ['dev', 'proc', 'tmp', 'etc', 'app', 'data']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await writeFile(
    join(root, 'etc/passwd'),
    'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  );
  await copyInto(root, node, NODE_IN_IMAGE);
  await copyInto(root, SETPRIV, SETPRIV);
  for (const library of new Set([...(await librariesOf(node)), ...(await librariesOf(SETPRIV))])) {
    await copyInto(root, library, library);
  }
}

async function copyInto(root: string, source: string, path: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await copyFile(source, join(root, path));
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await execute('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}

function mountAt(target: string, mount: Mount): string[] {
  if ('size' in mount) return [`mount -t tmpfs -o mode=1777,size=${mount.size} tmpfs ${target}`];
  return bind(mount.source, target, mount.readOnly);
}

function bind(source: string, target: string, readOnly: boolean): string[] {
  const mount = `mount --bind ${source} ${target}`;
  return readOnly ? [mount, `mount -o remount,bind,ro ${target}`] : [mount];
}
