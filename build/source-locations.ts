import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * `import.meta.url` keeps the meaning that it has in the sources: a file that a source names by the
 * way from itself is found from the bundle too, which lies in a folder beside `src`.
 */
export function sourceLocations(root: string): Plugin {
  return {
    name: 'source-locations',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        const location = `new URL('../${relative(root, path)}', import.meta.url)`;
        return { contents: text.replaceAll('import.meta.url', location), loader: 'ts' };
      });
    },
  };
}
