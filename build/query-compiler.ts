import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** The two halves of Prisma's query compiler, as the generated client imports them. */
const HALVES = /^@prisma\/client\/runtime\/query_compiler_\w+_bg\.\w+(\.wasm-base64)?\.mjs$/;
const WEB_ASSEMBLY = 'query-compiler.wasm';
/** A module of WebAssembly whose only function does nothing. */
const EMPTY = 'AGFzbQEAAAABBAFgAAADAgEABxQBEF9fd2JpbmRnZW5fc3RhcnQAAAoEAQIACw==';

/**
 * Prisma's client makes its query compiler with the first statement, SQL or not, and only queries of
 * models need it: 2.3 MB of base64, 60 ms and 25 MB. In the bundle it is made with the first
 * such query, from a file of WebAssembly.
 */
export function queryCompiler(): Plugin {
  return {
    name: 'query-compiler',
    setup: ({ onResolve, onLoad, resolve }) => {
      onResolve({ filter: HALVES }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === HALVES) return undefined;
        const original = await resolve(path, { kind, resolveDir, pluginData: HALVES });
        const isCode = !path.includes('wasm-base64');
        return { ...original, namespace: isCode ? 'compiler-code' : 'compiler-empty' };
      });
      onResolve({ filter: /^query-compiler\.wasm$/ }, ({ importer }) => ({
        path: importer.replace(/\.mjs$/, '.wasm'),
        namespace: 'compiler-wasm',
      }));
      onLoad({ filter: /./, namespace: 'compiler-empty' }, () => ({
        contents: `export const wasm = '${EMPTY}';`,
      }));
      onLoad({ filter: /./, namespace: 'compiler-code' }, ({ path }) => ({
        contents: lazyCompiler(path),
        resolveDir: '/',
      }));
      onLoad({ filter: /./, namespace: 'compiler-wasm' }, async ({ path }) => ({
        contents: await readWasm(path),
        loader: 'file',
      }));
    },
  };
}

/** What the client sees of the compiler. Each is an instance of its own, as after a panic of one. */
function lazyCompiler(path: string): string {
  const importName = `./${path.replace(/^.*\//, '').replace(/\.\w+\.mjs$/, '.js')}`;
  return `
    import { readFileSync } from 'node:fs';
    import * as code from '${path}';
    import file from '${WEB_ASSEMBLY}';

    export function __wbg_set_wasm() {}

    export class QueryCompiler {
      #options;
      #compiler;

      constructor(options) {
        this.#options = options;
      }

      compile(query) {
        return this.#load().compile(query);
      }

      compileBatch(queries) {
        return this.#load().compileBatch(queries);
      }

      free() {
        this.#compiler?.free();
      }

      #load() {
        this.#compiler ??= load(this.#options);
        return this.#compiler;
      }
    }

    function load(options) {
      const module = new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));
      const { exports } = new WebAssembly.Instance(module, { '${importName}': code });
      code.__wbg_set_wasm(exports);
      exports.__wbindgen_start();
      return new code.QueryCompiler(options);
    }`;
}

async function readWasm(path: string): Promise<Buffer> {
  const text = await readFile(`${path}-base64.mjs`, 'utf8');
  const [, base64] = /"([^"]+)"/.exec(text) ?? [];
  if (base64 === undefined) throw new Error(`no base64 in ${path}-base64.mjs`);
  return Buffer.from(base64, 'base64');
}
