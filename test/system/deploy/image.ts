import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeDistroless } from '../../support/container.ts';
import { REPOSITORY } from '../../support/repository.ts';
import { type ImageSettings, readDockerfile, type Stage, type Step } from './dockerfile.ts';

const execute = promisify(execFile);

/** A stage while it is built: its files lie over those of this machine, or stand alone. */
interface BuiltStage {
  readonly name: string;
  readonly root: string;
}

export interface Image {
  readonly root: string;
  readonly settings: ImageSettings;
}

/** Follows the steps of the Dockerfile one by one, each stage in a root directory of its own. */
export async function buildImage(folder: string, node: string): Promise<Image> {
  const { stages, settings } = await readDockerfile(REPOSITORY);
  const context = join(folder, 'context');
  await makeContext(context);
  const built: BuiltStage[] = [];
  for (const stage of stages) {
    built.push(await buildStage(stage, { folder, context, node, built }));
  }
  return { root: built.at(-1)?.root ?? '', settings };
}

/** What .dockerignore leaves of the project: it names what stays, then what goes all the same. */
async function makeContext(target: string): Promise<void> {
  const text = await readFile(join(REPOSITORY, '.dockerignore'), 'utf8');
  const [all, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (all !== '*') throw new Error('.dockerignore does not begin with leaving out everything');
  for (const line of lines) {
    const path = line.replace('!', '');
    if (line.startsWith('!')) {
      await cp(join(REPOSITORY, path), join(target, path), { recursive: true });
    } else {
      await rm(join(target, path), { recursive: true, force: true });
    }
  }
}

interface StageSurroundings {
  readonly folder: string;
  readonly context: string;
  readonly node: string;
  readonly built: readonly BuiltStage[];
}

async function buildStage(stage: Stage, surroundings: StageSurroundings): Promise<BuiltStage> {
  const { folder, context, node, built } = surroundings;
  const root = join(folder, stage.name);
  await mkdir(root);
  if (stage.base.includes('distroless')) await makeDistroless(root, node);
  let workdir = '/';
  for (const step of stage.steps) {
    if (step.kind === 'workdir') {
      workdir = resolve(workdir, step.path);
      await mkdir(join(root, workdir), { recursive: true });
    } else if (step.kind === 'copy') {
      const source = built.find(({ name }) => name === step.from)?.root ?? context;
      await copyStep(step, source, (path) => join(root, resolve(workdir, path)));
    } else {
      await runStep(step.command, root, workdir);
    }
  }
  return { name: stage.name, root };
}

/** As Docker copies: of a folder what is in it, and several files into a folder. */
async function copyStep(
  { paths, owner }: Extract<Step, { kind: 'copy' }>,
  source: string,
  inImage: (path: string) => string,
): Promise<void> {
  const target = paths.at(-1) ?? '';
  for (const path of paths.slice(0, -1)) {
    const from = join(source, path);
    const isFolder = (await stat(from)).isDirectory();
    const to = inImage(!isFolder && target.endsWith('/') ? join(target, basename(path)) : target);
    await mkdir(isFolder ? to : join(to, '..'), { recursive: true });
    await execute('cp', ['-a', '--no-preserve=ownership', isFolder ? `${from}/.` : from, to]);
    if (owner !== undefined) await execute('chown', ['-R', owner, to]);
  }
}

/** Runs a command in the stage's files, over those of this machine, which stay as they are. */
async function runStep(command: string, root: string, workdir: string): Promise<void> {
  const merged = `${root}.merged`;
  const work = `${root}.work`;
  await Promise.all([merged, work].map((path) => mkdir(path, { recursive: true })));
  const script = [
    `mount -t overlay overlay -o lowerdir=/,upperdir=${root},workdir=${work} ${merged}`,
    `for folder in dev proc; do mount --rbind /$folder ${merged}/$folder; done`,
    `exec unshare --root=${merged} --wd=${workdir} -- sh -ec "$1"`,
  ];
  await execute('unshare', ['--mount', '--', 'sh', '-ec', script.join('\n'), 'sh', command], {
    maxBuffer: 16 * 1024 * 1024,
  });
}
