import type { z } from 'zod';
import { ConfigError } from './errors.ts';
import { proxyFaults } from './proxies.ts';
import { SETTING_NAMES, type Settings, settingsSchema } from './settings.ts';
import { type Shard, shareOf } from './sharding/shard.ts';
import { JOB_INDEX_VARIABLE, readShard } from './sharding/shard-setting.ts';

/**
 * The settings after checking; every value is present or has its default. `ESI_CONCURRENCY` is this
 * process' part of it.
 */
export type Config = Readonly<Omit<Settings, 'SHARD'> & { SHARD?: Shard | undefined }>;

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
  const { shard, faults: shardFaults } = readShard({
    ...raw,
    jobIndex: find(JOB_INDEX_VARIABLE),
  });
  const faults = [...shardFaults, ...proxyFaults(find)];
  if (!result.success)
    throw new ConfigError([...result.error.issues.map(describeIssue), ...faults]);
  if (faults.length > 0) throw new ConfigError(faults);
  const { SHARD: _text, ...settings } = result.data;
  const ESI_CONCURRENCY = shareOf(settings.ESI_CONCURRENCY, shard);
  return Object.freeze({ ...settings, ESI_CONCURRENCY, ...(shard ? { SHARD: shard } : {}) });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}
