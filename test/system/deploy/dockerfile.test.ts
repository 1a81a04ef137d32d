import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, vi } from 'vitest';
import {
  containerServerTest,
  containerTest,
  type Mount,
  signalContainer,
  startContainer,
} from '../../support/container.ts';
import { nodeBinary } from '../../support/npm.ts';
import type { Environment } from '../../support/run-process.ts';
import { ANY_ITEMS } from '../../support/run-universe.ts';
import { startWorld, THE_FORGE, type World } from '../../support/run-world.ts';
import { useTempFolder } from '../../support/temp-folder.ts';
import { buildImage, type Image } from './image.ts';

const MIB = 1024 * 1024;
const ID = 65532;
const IMAGE_AT_MOST_MIB = 120;

const folder = useTempFolder();
let image: Image;

beforeAll(async () => {
  image = await buildImage(folder(), await nodeBinary('22'));
}, 600_000);

/** As `docker run --read-only` with a volume and a /tmp in memory does. */
async function start(world: World, args: readonly string[], env: Environment = world.env) {
  const { root, settings } = image;
  await mkdir(world.dataDir, { recursive: true });
  await chown(world.dataDir, ID, ID);
  const mounts: Mount[] = [
    { path: '/tmp', size: '64m' },
    { path: '/data', source: world.dataDir, readOnly: false },
  ];
  return startContainer({
    root,
    command: [...settings.entrypoint, ...(args.length > 0 ? args : settings.command)],
    env: { ...env, ...settings.env },
    user: ID,
    group: ID,
    folder: settings.folder,
    mounts,
  });
}

containerTest('the image says who runs it, what starts, and where data goes', async () => {
  const { settings } = image;

  expect(settings).toMatchObject({
    user: `${ID}:${ID}`,
    folder: '/app',
    volumes: ['/data'],
    entrypoint: ['/nodejs/bin/node', '/app/bin/contracts-agg.js'],
    command: ['run'],
    env: { NODE_ENV: 'production', DATA_DIR: '/data' },
  });
  expect(Object.keys(settings.labels)).toContain('org.opencontainers.image.licenses');
});

containerTest('the image holds the built program and what it needs, and no more', async () => {
  const app = join(image.root, 'app');
  const entries = ['LICENSE', 'bin', 'dist', 'node_modules', 'package.json', 'prisma'];
  expect((await readdir(app)).sort()).toEqual(entries);
  const packages = await readdir(join(app, 'node_modules'));
  for (const name of ['prisma', 'typescript', 'vitest', '@biomejs', 'tsx']) {
    expect(packages).not.toContain(name);
  }

  expect((await sizeOf(app)) / MIB).toBeLessThan(IMAGE_AT_MOST_MIB);
});

containerTest(
  'its program runs without a shell, without root and on a read-only root',
  async () => {
    const world = await startWorld({ embedded: true, start: new Date(), regionIds: [THE_FORGE] });

    const running = await start(world, ['run', '--json']);
    const { summary } = world.read(await running.done);

    expect(summary).toMatchObject({ outcome: 'complete', exitCode: 0 });
    await world.expectTruth();
  },
  180_000,
);

containerServerTest('it runs against servers too, by the command of the image', async () => {
  const world = await startWorld({ start: new Date() });

  const result = await (await start(world, [])).done;

  expect(result).toMatchObject({ exitCode: 0 });
  await world.expectTruth();
  expect(await readdir(world.dataDir)).toEqual([]);
});

containerServerTest('as process 1 it gets SIGTERM itself, and stops in order', async () => {
  const world = await startWorld({ start: new Date() });
  world.esi.fault({ match: ANY_ITEMS, answer: { kind: 'hang' } });
  const running = await start(world, ['run', '--json']);
  await vi.waitUntil(() => world.esi.requestsTo('items').length > 0, { timeout: 30_000 });

  await signalContainer(running, 'SIGTERM');
  const { stdout } = await running.done;

  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'interrupted', exitCode: 143 });
  expect(await (await world.redis.client()).exists(world.redis.lockKey)).toBe(0);
});

async function sizeOf(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(
    async ({ parentPath, name }) => (await stat(join(parentPath, name))).size,
  );
  return (await Promise.all(sizes)).reduce((total, size) => total + size, 0);
}
