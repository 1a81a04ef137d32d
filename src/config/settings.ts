import { z } from 'zod';
import { LOG_LEVELS } from '../log-levels.ts';
import { didYouMean, meant } from '../names.ts';
import { REGION_NAMES } from '../region-names.ts';
import { idIn, wholeNumber } from '../whole-number.ts';
import { withHome } from './data-home.ts';
import { expectedUrl, isUrl, POSTGRES_SCHEMES, redisPathFault, serverUrlFault } from './urls.ts';

/** ESI's contract routes have been unchanged since 2020; any date up to today is valid. */
const PINNED_COMPATIBILITY_DATE = '2026-07-21';
const REDIS_SCHEMES = ['redis:', 'rediss:'];
const HTTP_SCHEMES = ['http:', 'https:'];

const numberFrom = (min: number, max: number) =>
  z
    .string()
    .transform((text) => wholeNumber(text, min, max))
    .pipe(z.number(`expected a whole number from ${min} to ${max}`));

const url = (schemes: readonly string[]) =>
  z.string().refine((text) => isUrl(text, schemes), expectedUrl(schemes));

/** cron and files of settings leave `~` as it is. */
const path = (schema: z.ZodString) =>
  schema
    .refine(
      (text) => !/^~[^/]/.test(text),
      'expected a path; of other homes than your own, in full',
    )
    .transform(withHome);

const idList = z
  .string()
  .transform((text) => text.split(',').map((part) => idIn(part.trim())))
  .refine((ids) => !ids.includes(undefined), 'expected ids, separated by commas')
  .transform((ids) => [...new Set(ids.filter((id) => id !== undefined))]);

/** @param findOtherFault looks at what is a URL */
const serverUrl = (
  schemes: readonly string[],
  findOtherFault: (text: string) => string | undefined = () => undefined,
) =>
  z.string().superRefine((text, context) => {
    const message = serverUrlFault(text, schemes) ?? findOtherFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** A name is found in the list that comes with the program; ids may be new. */
const regionIds = z.string().transform((text, context) => {
  const words = text.split(',').map((word) => word.trim());
  if (words.some((word) => word.toLowerCase() === 'all')) return 'all' as const;
  const ids = words.map((word) => idIn(word) ?? meant(word, REGION_NAMES)[0]?.id);
  const unknown = words.filter((_, index) => ids[index] === undefined);
  if (unknown.length > 0) {
    const names = REGION_NAMES.map(({ name }) => name);
    // What cannot be a name may be a URL with a password.
    const wrong = unknown.filter((word) => /^[\w '-]{1,40}$/.test(word));
    const told = wrong.map((word) => `, not "${word}"${didYouMean(word, names)}`).join('');
    const message = `expected ids or names of regions, separated by commas, or \`all\`${told}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  return [...new Set(ids.filter((id) => id !== undefined))];
});

/** What a setting does, in Markdown, and what is done without it where it has no default value. */
interface Meaning {
  readonly meaning: string;
  readonly without?: string;
}

const meanings = z.registry<Meaning>();

/**
 * The settings, one key an environment variable; every default of the program is here. What they
 * mean stands in the README too, which is written from here.
 */
export const settingsSchema = z.object({
  REGION_IDS: regionIds.default([10000002]).register(meanings, {
    meaning: 'ids or names of regions, separated by commas, or `all`: every region that ESI lists',
  }),
  SHIP_GROUP_IDS: idList.optional().register(meanings, {
    meaning: 'which groups count as ships',
    without: 'published groups of category 6, asked of ESI',
  }),
  DATABASE_URL: serverUrl(POSTGRES_SCHEMES)
    .refine(hasPlainSchema, 'expected a `schema` of letters, digits and `_`')
    .optional()
    .register(meanings, {
      meaning: 'PostgreSQL to write to',
      without: 'embedded PostgreSQL (PGlite) in `DATA_DIR`',
    }),
  REDIS_URL: serverUrl(REDIS_SCHEMES, redisPathFault).optional().register(meanings, {
    meaning: 'Redis or Valkey for the lock and the cache',
    without:
      'the lock is a lease in PostgreSQL, or a file in `DATA_DIR` with the embedded database; cache files in `DATA_DIR`',
  }),
  REDIS_KEY_PREFIX: z
    .string()
    .regex(/^[\w:.-]{0,64}$/, 'expected at most 64 letters, digits and `_ : . -`')
    .default('contracts-agg:')
    .register(meanings, {
      meaning: 'put before every key, so that installations can share a server',
    }),
  DATA_DIR: path(z.string()).optional().register(meanings, {
    meaning: 'home of everything embedded: database, lock file, cache files',
    without: "the platform's data directory for `contracts-agg`",
  }),
  ESI_BASE_URL: url(HTTP_SCHEMES)
    .transform((text) => text.replace(/\/+$/, ''))
    .default('https://esi.evetech.net')
    .register(meanings, { meaning: 'the ESI to read' }),
  ESI_CONTACT: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'expected an e-mail address or URL in plain ASCII')
    .optional()
    .register(meanings, {
      meaning: 'e-mail or URL for the User-Agent, as CCP asks',
      without: 'none; a warning on live ESI',
    }),
  ESI_COMPATIBILITY_DATE: z.iso
    .date('expected a date such as 2026-07-21')
    .default(PINNED_COMPATIBILITY_DATE)
    .register(meanings, { meaning: 'sent as `X-Compatibility-Date`' }),
  ESI_CONCURRENCY: numberFrom(1, 1000)
    .default(32)
    .register(meanings, { meaning: 'requests in flight at most' }),
  ESI_MAX_RPS: numberFrom(0, 100_000)
    .default(50)
    .register(meanings, { meaning: 'requests a second at most; 0 = no such limit' }),
  ESI_TIMEOUT_MS: numberFrom(1, 600_000)
    .default(20_000)
    .register(meanings, { meaning: 'milliseconds for one attempt of a request' }),
  REGION_CONCURRENCY: numberFrom(1, 100)
    .default(4)
    .register(meanings, { meaning: 'regions in work at once' }),
  TYPE_REFRESH_DAYS: numberFrom(0, 36_500)
    .default(30)
    .register(meanings, { meaning: 'cached types older than so many days are refreshed' }),
  TYPE_REFRESH_LIMIT: numberFrom(0, 100_000)
    .default(100)
    .register(meanings, { meaning: 'cached types refreshed in one run at most' }),
  ENRICH_LIMIT: numberFrom(0, 1_000_000).default(2000).register(meanings, {
    meaning: 'requests for names and places in one run at most; 0 = none',
  }),
  AUCTION_BIDS: z
    .enum(['off', 'ending', 'all'], 'expected one of off, ending, all')
    .default('ending')
    .register(meanings, {
      meaning:
        'bids of auctions: `off`, `ending` (at first sight and before an auction ends) or `all` (every pass)',
    }),
  OUTCOME_PROBES: numberFrom(0, 10_000).default(20).register(meanings, {
    meaning: 'vanished contracts that ESI is asked about in one run at most, 20 a minute; 0 = none',
  }),
  DB_BATCH_SIZE: numberFrom(1, 100_000)
    .default(5000)
    .register(meanings, { meaning: 'rows (contracts and their items) in one transaction, about' }),
  LOCK_TTL_SECONDS: numberFrom(1, 86_400).default(60).register(meanings, {
    meaning: 'life of the lock in Redis or PostgreSQL; renewed while the run lives',
  }),
  METRICS_FILE: path(
    z
      .string()
      .regex(
        /[^/]\.prom$/,
        'expected a path that ends in .prom: node_exporter reads no other file',
      ),
  )
    .optional()
    .register(meanings, {
      meaning: 'file that ends in `.prom`: the metrics of each run, for Prometheus',
      without: 'none',
    }),
  PING_URL: url(HTTP_SCHEMES).optional().register(meanings, {
    meaning: "URL to call at the start and the end of a run, as healthchecks.io's; a secret",
    without: 'none',
  }),
  LOG_FILE: path(z.string()).optional().register(meanings, {
    meaning: 'file that the log is appended to',
    without: 'none: the log goes to stderr',
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, `expected one of ${LOG_LEVELS.join(', ')}`)
    .default('info')
    .register(meanings, { meaning: LOG_LEVELS.map((level) => `\`${level}\``).join(', ') }),
});

/** What the settings say after checking. */
export type Settings = z.output<typeof settingsSchema>;

/** Names of all settings. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as readonly (keyof Settings)[];

/** A setting in words. */
export interface SettingDescription {
  readonly name: string;
  /** Markdown: the default value, or what is done without it. */
  readonly byDefault: string;
  /** Markdown. */
  readonly meaning: string;
}

/** All settings in words, for documentation. */
export function describeSettings(): SettingDescription[] {
  const defaults: Readonly<Record<string, unknown>> = settingsSchema.parse({});
  return Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const { meaning = '', without } = meanings.get(schema) ?? {};
    return { name, meaning, byDefault: without ?? `\`${String(defaults[name])}\`` };
  });
}

/** It becomes part of a setting of the session. */
function hasPlainSchema(text: string): boolean {
  const schema = URL.canParse(text) ? new URL(text).searchParams.get('schema') : null;
  return schema === null || /^\w{1,63}$/.test(schema);
}
