import envPaths from 'env-paths';
import { z } from 'zod';
import { ConfigError } from './errors.ts';
import { proxyFaults } from './proxies.ts';
import { type Shard, shareOf } from './sharding/shard.ts';
import { JOB_INDEX_VARIABLE, readShard } from './sharding/shard-setting.ts';

/** ESI's contract routes have been unchanged since 2020; any date up to today is valid. */
const PINNED_COMPATIBILITY_DATE = '2026-07-21';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const POSTGRES_SCHEMES = ['postgres:', 'postgresql:'];
const REDIS_SCHEMES = ['redis:', 'rediss:'];
const HTTP_SCHEMES = ['http:', 'https:'];
/** PostgreSQL's `integer`, which region, group and type ids are. */
const MAX_INTEGER_ID = 2_147_483_647;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `expected a whole number from ${min} to ${max}`);

const url = (schemes: readonly string[]) =>
  z.string().refine(
    (text) => {
      return URL.canParse(text) && schemes.includes(new URL(text).protocol);
    },
    `expected a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  );

const idList = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => /^\d+$/.test(part) && isId(Number(part))),
    'expected ids, separated by commas',
  )
  .transform((parts) => [...new Set(parts.map(Number))]);

const regionIds = z.union(
  [
    z
      .string()
      .regex(/^\s*all\s*$/i)
      .transform(() => 'all' as const),
    idList,
  ],
  {
    error: 'expected region ids, separated by commas, or `all`',
  },
);

/** The settings, one key an environment variable; every default of the program is here. */
const settingsSchema = z.object({
  /** Regions of a pass: ids, or every region that ESI lists. */
  REGION_IDS: regionIds.default([10000002]),
  /** Groups that count as ships; without it, the published groups of category 6. */
  SHIP_GROUP_IDS: idList.optional(),
  /** PostgreSQL to write to; without it, PGlite in the data directory. */
  DATABASE_URL: url(POSTGRES_SCHEMES)
    .refine(hasPlainSchema, 'expected a `schema` of letters, digits and `_`')
    .optional(),
  /** Redis or Valkey for lock and cache; without it, files in the data directory. */
  REDIS_URL: url(REDIS_SCHEMES).optional(),
  /** Put before every key, so that two installations can share a server. */
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[\w:.-]{0,64}$/, 'expected at most 64 letters, digits and `_ : . -`')
    .default('contracts-agg:'),
  /** Home of everything embedded: database, lock file, cache files. */
  DATA_DIR: z.string().default(() => envPaths('contracts-agg', { suffix: '' }).data),
  ESI_BASE_URL: url(HTTP_SCHEMES)
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://esi.evetech.net'),
  /** E-mail or URL for the User-Agent, as CCP asks. */
  ESI_CONTACT: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'expected an e-mail address or URL in plain ASCII')
    .optional(),
  /** Sent as X-Compatibility-Date. */
  ESI_COMPATIBILITY_DATE: z.iso
    .date('expected a date such as 2026-07-21')
    .default(PINNED_COMPATIBILITY_DATE),
  /** Requests in flight at most. */
  ESI_CONCURRENCY: wholeNumber(1, 1000).default(32),
  /** Requests a second at most; 0 = no such limit. */
  ESI_MAX_RPS: wholeNumber(0, 100_000).default(50),
  /** Milliseconds for one attempt of a request. */
  ESI_TIMEOUT_MS: wholeNumber(1, 600_000).default(20_000),
  /** Regions in work at once. */
  REGION_CONCURRENCY: wholeNumber(1, 100).default(4),
  /** Cached types older than this many days are refreshed. */
  TYPE_REFRESH_DAYS: wholeNumber(0, 36_500).default(30),
  /** Cached types refreshed in one run at most. */
  TYPE_REFRESH_LIMIT: wholeNumber(0, 100_000).default(100),
  /** Rows (contracts and their items) in one transaction, about. */
  DB_BATCH_SIZE: wholeNumber(1, 100_000).default(5000),
  /** Life of the lock; it is renewed while the run lives. */
  LOCK_TTL_SECONDS: wholeNumber(1, 86_400).default(60),
  /** Which part of the pass this process does: `<i>/<n>`. Checked by `readShard`. */
  SHARD: z.string().optional(),
  /** Written at the end of each run, for node_exporter's textfile collector. */
  METRICS_FILE: z
    .string()
    .regex(/[^/]\.prom$/, 'expected a path that ends in .prom: node_exporter reads no other file')
    .optional(),
  /** Called at the start and the end of each run. Whoever knows it can call it: a secret. */
  PING_URL: url(HTTP_SCHEMES).optional(),
  /** The log is appended to it; without it, the log goes to stderr. */
  LOG_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`).default('info'),
});

type RawSettings = Partial<Record<keyof typeof settingsSchema.shape, string | undefined>>;

/**
 * The settings after checking; every value is present or has its default. `ESI_CONCURRENCY` is this
 * process' part of it.
 */
export type Config = Readonly<
  Omit<z.output<typeof settingsSchema>, 'SHARD'> & { SHARD?: Shard | undefined }
>;

/** Names of all settings, for documentation and tests. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as readonly (keyof Config)[];

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
  const raw: RawSettings = {};
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

/** It becomes part of a setting of the session. */
function hasPlainSchema(text: string): boolean {
  const schema = URL.canParse(text) ? new URL(text).searchParams.get('schema') : null;
  return schema === null || /^\w{1,63}$/.test(schema);
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

function isId(value: number): boolean {
  return value > 0 && value <= MAX_INTEGER_ID;
}
