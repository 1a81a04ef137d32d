import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { proxyFaults } from './proxies.ts';
import { SETTING_NAMES, type Settings, settingsSchema } from './settings.ts';

/** The settings after checking; every value is present or has its default. */
export type Config = Readonly<Settings>;

/**
 * Merges the sources (the first that has a value wins) and checks everything.
 * An empty value counts as not set, as it does in most tools.
 *
 * @param sources raw settings, strongest first: flags, environment, `.env` file
 * @throws ConfigError with every fault found
 */
export function parseConfig(
  ...sources: readonly Readonly<Record<string, string | undefined>>[]
): Config {
  const find = (name: string) => sources.map((source) => source[name]).find((value) => value);
  const raw: Partial<Record<keyof Settings, string>> = {};
  for (const name of SETTING_NAMES) {
    const value = find(name);
    if (value !== undefined) raw[name] = value;
  }
  const result = settingsSchema.safeParse(raw);
  const faults = proxyFaults(find);
  if (!result.success)
    throw new ConfigError([...result.error.issues.map(describeIssue), ...faults]);
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(result.data);
}

/** Whether it is CCP's own ESI that is read, which asks for a contact; a local one does not. */
export function isLiveEsi({ ESI_BASE_URL }: Pick<Config, 'ESI_BASE_URL'>): boolean {
  return ESI_BASE_URL.includes('evetech.net');
}

/** The settings as far as they are right, to look at what they name: never to run with. */
export interface InspectedConfig {
  /** A setting with a fault counts as not set. */
  readonly config: Config;
  readonly faults: readonly string[];
}

/** As `parseConfig`, with the faults told instead of thrown. */
export function inspectConfig(
  ...sources: readonly Readonly<Record<string, string | undefined>>[]
): InspectedConfig {
  try {
    return { config: parseConfig(...sources), faults: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { faults } = error;
    const names = new Set(faults.map(nameInFault));
    const rightOnes = sources.map((source) =>
      Object.fromEntries(Object.entries(source).filter(([name]) => !names.has(name))),
    );
    return { config: parseConfig(...rightOnes), faults };
  }
}

/** The name of the setting at fault. */
export function nameInFault(fault: string): string {
  return fault.slice(0, fault.indexOf(':'));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}
