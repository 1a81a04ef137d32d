import { type Finding, fail, ok } from './finding.ts';

/**
 * Whether this Node is new enough.
 *
 * @param version `22.11.0`
 * @param required `>=20.19`, as in package.json
 */
export function checkNode(version: string, required: string): Finding {
  const [major = 0, minor = 0] = numbersOf(version);
  const [leastMajor = 0, leastMinor = 0] = numbersOf(required);
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  if (isEnough) return ok('node', `${version} (${required} is needed)`);
  return fail(
    'node',
    78,
    `${version} is too old: ${required} is needed`,
    'install a newer Node.js',
  );
}

function numbersOf(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number);
}
