import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = new URL('../../', import.meta.url);

/** What npm notes of each package that it installs. */
const locked = z.object({
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  dev: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  optional: z.boolean().default(false),
  os: z.array(z.string()).optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  deprecated: z.string().optional(),
});
const lockFile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), locked),
});

/** What of package.json says which versions may be installed. */
const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

const { packages } = lockFile.parse(JSON.parse(readText('package-lock.json')));
const installed = Object.entries(packages).filter(([path]) => path !== '');

function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

function namesOf(entries: typeof installed): string[] {
  return entries.map(([path]) => path);
}

it('every package is pinned by its checksum, but for binaries of other platforms to develop with', () => {
  const unpinned = installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
  // What `.ci/complete-lock.mjs` adds, as the mirror does not have it.
  const explained = unpinned.filter(([, { dev, optional, os }]) => dev && optional && os);

  expect(installed.length).toBeGreaterThan(100);
  expect(namesOf(unpinned)).toEqual(namesOf(explained));
});

it('what stands between us and the data, or makes what is shipped, changes only by a commit', () => {
  const { dependencies, devDependencies } = manifest.parse(JSON.parse(readText('package.json')));
  const asked = Object.entries({ ...dependencies, ...devDependencies });
  const written = asked.filter(([name]) => /prisma|pglite|^esbuild$/.test(name));

  expect(written.map(([name]) => name).sort()).toEqual([
    '@electric-sql/pglite',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@prisma/driver-adapter-utils',
    'esbuild',
    'prisma',
  ]);
  for (const [name, version] of written) expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
});

it("every package comes from npm's registry", () => {
  const elsewhere = installed.filter(
    ([, { resolved = 'https://registry.npmjs.org/', link }]) =>
      link || !resolved.startsWith('https://registry.npmjs.org/'),
  );

  expect(namesOf(elsewhere)).toEqual([]);
});

it('no package of the production tree runs a script when it is installed, or is deprecated', () => {
  const production = installed.filter(
    ([, { dev, devOptional, optional }]) => !dev && !devOptional && !optional,
  );
  const dubious = production.filter(([, one]) => one.hasInstallScript || one.deprecated);

  expect(production.length).toBeGreaterThan(50);
  expect(namesOf(dubious)).toEqual([]);
});

it.each(['README.md', 'SECURITY.md', '.ci/run'])('%s installs by the lock file alone', (path) => {
  expect(readText(path)).toContain('npm ci');
  expect(readText(path)).not.toMatch(/npm (i|install|add)\b/);
});
