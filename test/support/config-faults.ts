import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

/** Every fault of the settings; none where they are good. */
export function faultsOf(...sources: readonly Record<string, string>[]): readonly string[] {
  try {
    parseConfig(...sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}
