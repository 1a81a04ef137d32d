import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { secretsOf, secretsOfUrl } from '../../src/config/secrets.ts';
import { SETTING_NAMES } from '../../src/config/settings.ts';
import { ConfigError } from '../../src/errors.ts';
import { redact } from '../../src/terminal/logging.ts';
import { hostileTexts } from '../support/hostile-texts.ts';
import { law } from '../support/laws.ts';

/** Stands in every URL of a test; no error may tell it. */
const SECRET = 'hunter2-s3cret';

const urls = fc
  .tuple(
    fc.constantFrom('postgres', 'postgresql', 'redis', 'rediss', 'http', 'https', 'ftp', ''),
    fc.oneof(fc.webAuthority(), hostileTexts),
    fc.oneof(fc.webPath(), hostileTexts),
  )
  .map(([scheme, host, path]) => `${scheme}://user:${SECRET}@${host}${path}`);

const settingTexts = fc.oneof(
  hostileTexts,
  fc.string(),
  urls,
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.array(fc.integer()).map((ids) => ids.join(',')),
  fc.constantFrom('all', 'info', '2026-07-21', '3', '10000002', '9'.repeat(400)),
);

const environments = fc.dictionary(fc.constantFrom(...SETTING_NAMES), settingTexts, {
  noNullPrototype: true,
});

function configOrError(environment: Record<string, string>) {
  try {
    return parseConfig(environment);
  } catch (error) {
    return error;
  }
}

describe('settings', () => {
  law(
    'of any text are a config that is complete, or an error that names each variable at fault',
    fc.property(environments, (environment) => {
      const outcome = configOrError(environment);

      if (outcome instanceof ConfigError) {
        const named = outcome.faults.map((fault) => fault.split(':')[0] ?? '');
        expect(named.filter((name) => !(name in environment))).toEqual([]);
        expect(named).not.toEqual([]);
      } else {
        expect(outcome).toMatchObject({ ESI_CONCURRENCY: expect.any(Number) });
        expect(outcome).toHaveProperty('REGION_IDS');
      }
    }),
  );

  law(
    'that are refused tell no password',
    fc.property(environments, (environment) => {
      const outcome = configOrError(environment);

      if (outcome instanceof Error) {
        expect(`${outcome.message}${outcome.stack}`).not.toContain(SECRET);
      }
    }),
  );

  law(
    'that one is at fault in are refused, whatever the others say',
    fc.property(environments, (environment) => {
      const outcome = configOrError({ ...environment, ESI_TIMEOUT_MS: 'soon' });

      expect(outcome).toBeInstanceOf(ConfigError);
      expect(String(outcome)).toContain('ESI_TIMEOUT_MS');
    }),
  );

  law(
    'with a password that is no word have it redacted wherever it turns up',
    fc.property(
      fc
        .string({ unit: 'grapheme-ascii', minLength: 6 })
        .filter((text) => text.trim().length > 5 && !/^[a-z]+$/i.test(text)),
      fc.string(),
      (password, around) => {
        const url = `postgres://user:${encodeURIComponent(password)}@db.example:5432/x`;
        const secrets = secretsOf({ ...parseConfig(), DATABASE_URL: url }, {});
        const printed = redact({ text: `${around}${password}${around}${url}` }, secrets);

        expect(secretsOfUrl(url)).toContain(password);
        expect(printed.text).not.toContain(password);
      },
    ),
  );
});
