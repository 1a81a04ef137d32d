import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readVersion } from '../src/version.ts';
import { leanLibraries } from './lean-libraries.ts';
import { manPage } from './man-page.ts';
import { queryCompiler } from './query-compiler.ts';
import { sourceLocations } from './source-locations.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';

/** Native code and WebAssembly, which find their files beside their own. */
const NOT_BUNDLED = ['fs-native-extensions', '@electric-sql/pglite'];
/** Libraries in CommonJS ask for Node's modules by `require`, which a module does not have. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = join(root, 'dist');

// Two thirds of what an unchanged pass loads are small files of libraries: finding and reading each
// costs more than running it. What a command loads lazily stays a file of its own.
await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/main.ts',
    // A thread is started from a file of its own.
    'session-thread': 'src/database/session/session-thread.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: NOT_BUNDLED,
  banner: { js: REQUIRE },
  // Names stay, so that errors and profiles can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  plugins: [sourceLocations(root), queryCompiler(), leanLibraries()],
});
await writeFile(join(outdir, 'contracts-agg.1'), manPage(readVersion()));
await writeFile(join(outdir, 'THIRD-PARTY-LICENSES'), await thirdPartyLicenses(root, metafile));
