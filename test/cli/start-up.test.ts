import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));
const STATIC_IMPORT = /^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)'/gm;

/** What is loaded with a file of the source: files by path, and packages. */
function loadedWith(path: string, loaded = new Set<string>()): Set<string> {
  loaded.add(relative(SOURCE, path));
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(STATIC_IMPORT)) {
    const target = join(dirname(path), name);
    if (!name.startsWith('.')) loaded.add(name);
    else if (!loaded.has(relative(SOURCE, target))) loadedWith(target, loaded);
  }
  return loaded;
}

// `--version`, `--help` and completion load this and nothing more; a command adds what it imports.
it('every start loads the definitions of the commands, and no room that does work', () => {
  const loaded = [...loadedWith(join(SOURCE, 'main.ts'))];
  const files = loaded.filter((name) => name.endsWith('.ts'));
  const packages = loaded.filter((name) => !name.endsWith('.ts') && !name.startsWith('node:'));

  expect(files).toContain('commands/run.ts');
  expect(packages.sort()).toEqual(['commander', 'ms']);
  expect(new Set(files.map(dirname))).toEqual(
    new Set(['.', 'cli', 'commands', 'static-data', 'terminal']),
  );
});
