import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
}

/** The version in package.json. */
export function readVersion(): string {
  return readManifest().version;
}

/** The versions of Node that package.json asks for: `>=20.19`. */
export function readRequiredNode(): string {
  return readManifest().engines.node;
}

/** package.json lies one folder above both `src` and `dist`. */
function readManifest(): Manifest {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return JSON.parse(text) as Manifest;
}
