import { access, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { npm } from '../../support/npm.ts';
import { copyRepository, REPOSITORY } from '../../support/repository.ts';
import { type Environment, readRun, startCommand } from '../../support/run-process.ts';
import { contractsOf } from '../../support/run-universe.ts';
import { startWorld, THE_FORGE } from '../../support/run-world.ts';
import { useTempFolder } from '../../support/temp-folder.ts';

const manifest = z.object({
  version: z.string(),
  devDependencies: z.record(z.string(), z.string()),
});
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ hasInstallScript: z.boolean().optional(), resolved: z.string().optional() }),
  ),
});
/** Packages to develop with that packages of the production tree need too. */
const NEEDED_BY_OTHERS = ['@types/node', '@types/pg', 'pg'];
const PACKAGES_AT_MOST = 120;
/** The newest that runs on Node 20. */
const PNPM = '10';

const folder = useTempFolder();
/** Where somebody has installed the package, and the package there. */
let project = '';
let installed = '';

// As a maintainer packs it, from a fresh clone; and as a user installs it, in an empty folder.
beforeAll(async () => {
  const clone = join(folder(), 'clone');
  project = join(folder(), 'project');
  installed = join(project, 'node_modules/contracts-agg');
  await copyRepository(clone);
  await symlink(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
  await npm(clone, 'pack', '--pack-destination', folder());
  await mkdir(project);
  await npm(project, 'install', '--ignore-scripts', await packed());
}, 300_000);

async function packed(): Promise<string> {
  const [tarball = ''] = (await readdir(folder())).filter((name) => name.endsWith('.tgz'));
  return join(folder(), tarball);
}

async function readManifest() {
  return manifest.parse(JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')));
}

async function readPackages() {
  const text = await readFile(join(project, 'package-lock.json'), 'utf8');
  const { packages } = lockFile.parse(JSON.parse(text));
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

function contractsAgg(args: readonly string[], env: Environment, cwd = project) {
  const options = { env: { HOME: folder(), ...env }, cwd };
  return startCommand([join(cwd, 'node_modules/.bin/contracts-agg'), ...args], options).done;
}

test('the package holds what a user needs, and nothing that was only there to make it', async () => {
  const paths = await readdir(installed, { recursive: true });

  expect(paths).toEqual(
    expect.arrayContaining([
      'bin/contracts-agg.js',
      'dist/main.js',
      'dist/main.js.map',
      'dist/THIRD-PARTY-LICENSES',
      'prisma/migrations/20261123000000_init/migration.sql',
      expect.stringMatching(/^prisma\/static-data\/new-eden-[\d-]+\.json\.gz$/),
      'crontab.example',
      'deploy/kubernetes/base/kustomization.yaml',
      'LICENSE',
      'SECURITY.md',
    ]),
  );
  expect(paths.filter((path) => /\.(ts|test\.\w+)$|(^|\/)(\.env|test)/.test(path))).toEqual([]);
});

test('every file that the README of the package links to is in the package', async () => {
  const readme = await readFile(join(installed, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);

  expect(links).toContain('SECURITY.md');
  for (const link of new Set(links)) await access(join(installed, link));
});

test('its installation brings no package to develop with, runs no script and asks only the registry', async () => {
  const packages = await readPackages();
  const { devDependencies } = await readManifest();
  const toDevelopWith = Object.keys(devDependencies).filter((name) =>
    packages.has(`node_modules/${name}`),
  );

  expect(toDevelopWith.filter((name) => !NEEDED_BY_OTHERS.includes(name))).toEqual([]);
  expect(packages.size).toBeGreaterThan(50);
  expect(packages.size).toBeLessThanOrEqual(PACKAGES_AT_MOST);
  for (const [path, { hasInstallScript, resolved }] of packages) {
    expect(hasInstallScript, path).toBeUndefined();
    // npm may be set to leave out what comes from the registry.
    const isOurs = path === 'node_modules/contracts-agg';
    expect(resolved ?? 'https:', path).toMatch(isOurs ? /^file:\.\.\/[\w.-]+\.tgz$/ : /^https:/);
  }
});

test('what is installed tells its version, and how the embedded database stands', async () => {
  const { version } = await readManifest();

  const npx = ['npx', '--no-install', 'contracts-agg', '--version'];
  const env = { HOME: folder(), npm_config_update_notifier: 'false' };
  const told = await startCommand(npx, { env, cwd: project }).done;
  expect(told).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  const status = await contractsAgg(['migrate', '--status'], {});
  expect(status).toMatchObject({ exitCode: 1, stderr: '' });
  expect(status.stdout).toMatch(/^pending {2}20261123000000_init$/m);
}, 180_000);

test('what is installed makes a pass into the embedded database, without any other setting', async () => {
  await expectPass(project, {});
}, 180_000);

// No package finds there what it does not name itself.
test('what pnpm installs makes the same pass', async () => {
  const other = join(folder(), 'pnpm');
  await mkdir(other);
  await npm(other, 'install', '--ignore-scripts', `pnpm@${PNPM}`);
  const env = { HOME: other, PATH: process.env['PATH'] ?? '', CI: 'true' };
  const home = join(other, 'project');
  await mkdir(home);
  await writeFile(join(home, 'package.json'), '{}');
  const command = [join(other, 'node_modules/.bin/pnpm'), 'add', '--ignore-scripts'];
  const added = await startCommand([...command, await packed()], { env, cwd: home }).done;
  expect(added, added.stdout + added.stderr).toMatchObject({ exitCode: 0 });

  await expectPass(home, { DATA_DIR: join(other, 'data') });
}, 300_000);

/** A pass of the program that is installed in a folder, and the ships that it finds. */
async function expectPass(cwd: string, settings: Environment): Promise<void> {
  const world = await startWorld({ embedded: true, start: new Date(), regionIds: [THE_FORGE] });
  const env = { ESI_BASE_URL: world.esi.url, ...settings };

  const { summary } = readRun(await contractsAgg(['run', '--json'], env, cwd), []);
  const ships = await contractsAgg(['ships', '--format', 'json'], env, cwd);

  const contracts = contractsOf(world.universe).length;
  expect(summary).toMatchObject({ outcome: 'complete', contracts: { inserted: contracts } });
  expect(JSON.parse(ships.stdout)).toHaveLength(summary.shipContracts);
  expect(summary.shipContracts).toBeGreaterThan(0);
}
