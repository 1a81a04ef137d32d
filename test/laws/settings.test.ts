import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { secretsOf, secretsOfUrl } from '../../src/config/secrets.ts';
import { SETTING_NAMES } from '../../src/config/settings.ts';
import { ConfigError } from '../../src/errors.ts';
import { regionsOfShard } from '../../src/sharding/divide-regions.ts';
import { parseShard, shardName } from '../../src/sharding/shard.ts';
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
  fc.tuple(fc.nat(200), fc.nat(200)).map(([index, count]) => `${index}/${count}`),
  fc.constantFrom('all', 'info', '2026-07-21', '0/3', '3', '10000002', '9'.repeat(400)),
);

const environments = fc.dictionary(
  fc.constantFrom(...SETTING_NAMES, 'JOB_COMPLETION_INDEX'),
  settingTexts,
  { noNullPrototype: true },
);

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
    'with a password in a URL have it redacted wherever it turns up',
    fc.property(
      fc.string({ unit: 'grapheme-ascii', minLength: 6 }).filter((text) => text.trim().length > 5),
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

const regionIds = fc.uniqueArray(fc.integer({ min: 1, max: 20_000_000 }), { maxLength: 130 });
const plans = fc.array(fc.nat(40_000), { maxLength: 130 });
const counts = fc.integer({ min: 2, max: 100 });

/** A plan for some of the regions. */
function planOf(ids: readonly number[], contracts: readonly number[]) {
  const pairs = contracts.slice(0, ids.length).map((count, n) => [ids[n] ?? 0, count] as const);
  return new Map(pairs);
}

describe('shards', () => {
  law(
    'by any text are one of a whole number of parts, or none',
    fc.property(settingTexts, (text) => {
      const shard = parseShard(text);

      if (shard === undefined || shard === 'unsharded') return;
      expect(shard.index >= 0 && shard.index < shard.count && shard.count <= 100).toBe(true);
      expect(parseShard(shardName(shard))).toEqual(shard);
    }),
  );

  law(
    'have each region exactly once between them, in whatever order each comes by the regions',
    fc.property(
      regionIds,
      plans,
      counts,
      fc.infiniteStream(fc.nat()),
      (ids, contracts, count, order) => {
        const planned = planOf(ids, contracts);
        const keys = new Map(ids.map((id) => [id, order.next().value ?? 0]));
        const shuffled = ids.toSorted(
          (one, other) => (keys.get(one) ?? 0) - (keys.get(other) ?? 0),
        );
        const parts = Array.from({ length: count }, (_, index) =>
          regionsOfShard(index % 2 === 0 ? ids : shuffled, planned, { index, count }),
        );

        expect(parts.flat().toSorted()).toEqual(ids.toSorted());
      },
    ),
  );

  law(
    'that have all regions planned differ by no more work than one region makes',
    fc.property(regionIds, counts, fc.infiniteStream(fc.nat(40_000)), (ids, count, contracts) => {
      const planned = new Map(ids.map((id) => [id, contracts.next().value ?? 0]));
      const loads = Array.from({ length: count }, (_, index) =>
        regionsOfShard(ids, planned, { index, count })
          .map((id) => (planned.get(id) ?? 0) + 1)
          .reduce((sum, weight) => sum + weight, 0),
      );
      const heaviest = Math.max(0, ...planned.values()) + 1;

      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(heaviest);
    }),
  );
});
