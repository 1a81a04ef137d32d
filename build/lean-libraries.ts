import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Parts of libraries that the program never uses and that take half of the time to load them, with
 * what stands in their place. The tests of whole runs are of the bundle.
 */
const REPLACED: Readonly<Record<string, string>> = {
  // Requests go through undici: axios comes as its package.json describes it for browsers, without
  // its transport for Node, forms and a list of all MIME types.
  'axios/lib/adapters/http.js': 'export default null;',
  'axios/lib/platform/node/index.js': "export { default } from '../browser/index.js';",
  'axios/lib/platform/node/classes/FormData.js': 'export default null;',
  // The client alone: no JSON, search, time series or probabilistic filters.
  'redis/dist/index.js': "module.exports = require('@redis/client');",
  // Neither fetch, WebSockets, caches nor mocks.
  'undici/index.js': `
    const Dispatcher = require('./lib/dispatcher/dispatcher');
    Dispatcher.prototype.request = require('./lib/api/api-request');
    exports.Agent = require('./lib/dispatcher/agent');
    exports.EnvHttpProxyAgent = require('./lib/dispatcher/env-http-proxy-agent');`,
  // Messages in English, not in fifty languages.
  'zod/v4/locales/index.js': "export { default as en } from './en.js';",
};

/** @throws Error from the build when a library no longer has what is replaced here */
export function leanLibraries(): Plugin {
  return {
    name: 'lean-libraries',
    setup: ({ onLoad, onEnd }) => {
      const unused = new Set(Object.keys(REPLACED));
      for (const [file, contents] of Object.entries(REPLACED)) {
        onLoad(
          { filter: new RegExp(`/node_modules/${file.replaceAll('.', '\\.')}$`) },
          ({ path }) => {
            unused.delete(file);
            return { contents, loader: 'js', resolveDir: dirname(path) };
          },
        );
      }
      onEnd(() => ({ errors: [...unused].map((file) => ({ text: `not found: ${file}` })) }));
    },
  };
}
