import { type Finding, ok } from './finding.ts';

/**
 * Which Node runs the program. One that is too old never gets here: `bin/contracts-agg.js` stops
 * before anything is loaded.
 *
 * @param version `22.11.0`
 * @param required `>=20.19`, as in package.json
 */
export function checkNode(version: string, required: string): Finding {
  return ok('node', `${version} (${required} is needed)`);
}
