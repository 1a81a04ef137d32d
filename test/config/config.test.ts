import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { SETTING_NAMES } from '../../src/config/settings.ts';
import { faultsOf } from '../support/config-faults.ts';

describe('the settings without any source', () => {
  it('have their defaults', () => {
    expect(parseConfig()).toEqual({
      REGION_IDS: [10_000_002],
      REDIS_KEY_PREFIX: 'contracts-agg:',
      ESI_BASE_URL: 'https://esi.evetech.net',
      ESI_COMPATIBILITY_DATE: '2026-07-21',
      ESI_CONCURRENCY: 32,
      ESI_MAX_RPS: 50,
      ESI_TIMEOUT_MS: 20_000,
      REGION_CONCURRENCY: 4,
      TYPE_REFRESH_DAYS: 30,
      TYPE_REFRESH_LIMIT: 100,
      ENRICH_LIMIT: 2000,
      AUCTION_BIDS: 'ending',
      OUTCOME_PROBES: 20,
      DB_BATCH_SIZE: expect.any(Number),
      LOCK_TTL_SECONDS: 60,
      LOG_LEVEL: 'info',
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(parseConfig())).toBe(true);
  });

  it('have their defaults although other variables are set', () => {
    expect(parseConfig({ PATH: '/bin', region_ids: '7' })).toEqual(parseConfig());
  });
});

describe('the sources of the settings', () => {
  it('win over those after them', () => {
    const flags = { LOG_LEVEL: 'debug' };
    const environment = { LOG_LEVEL: 'warn', ESI_CONCURRENCY: '8' };
    const file = { LOG_LEVEL: 'error', ESI_CONCURRENCY: '9', ESI_MAX_RPS: '10' };

    expect(parseConfig(flags, environment, file)).toMatchObject({
      LOG_LEVEL: 'debug',
      ESI_CONCURRENCY: 8,
      ESI_MAX_RPS: 10,
    });
  });

  it.each(SETTING_NAMES)('leave %s unset with an empty value', (name) => {
    expect(parseConfig({ [name]: '' })).toEqual(parseConfig());
    expect(parseConfig({ [name]: undefined })).toEqual(parseConfig());
  });

  it('are asked further where a stronger one is empty', () => {
    expect(parseConfig({ LOG_LEVEL: '' }, { LOG_LEVEL: 'warn' })).toMatchObject({
      LOG_LEVEL: 'warn',
    });
  });

  it('may be wrong where a stronger one is right', () => {
    expect(faultsOf({ LOG_LEVEL: 'warn' }, { LOG_LEVEL: 'loud' })).toEqual([]);
  });
});

describe('a good value', () => {
  it.each([
    { name: 'REGION_IDS', text: '10000043', value: [10_000_043] },
    { name: 'REGION_IDS', text: '10000043, 10000002,10000043', value: [10_000_043, 10_000_002] },
    { name: 'REGION_IDS', text: 'the forge,Domai', value: [10_000_002, 10_000_043] },
    { name: 'REGION_IDS', text: 'forge', value: [10_000_002] },
    { name: 'REGION_IDS', text: 'all', value: 'all' },
    { name: 'REGION_IDS', text: 'Domain,all', value: 'all' },
    { name: 'REGION_IDS', text: ' ALL ', value: 'all' },
    { name: 'SHIP_GROUP_IDS', text: '25,26', value: [25, 26] },
    { name: 'DATABASE_URL', text: 'postgres://u:p@h/d', value: 'postgres://u:p@h/d' },
    { name: 'DATABASE_URL', text: 'postgresql://h/d', value: 'postgresql://h/d' },
    { name: 'REDIS_URL', text: 'redis://h:6379/1', value: 'redis://h:6379/1' },
    { name: 'REDIS_URL', text: 'rediss://:p@h', value: 'rediss://:p@h' },
    { name: 'REDIS_KEY_PREFIX', text: 'eve:test-1.', value: 'eve:test-1.' },
    { name: 'DATA_DIR', text: '/var/lib/x', value: '/var/lib/x' },
    { name: 'ESI_BASE_URL', text: 'http://127.0.0.1:8080/', value: 'http://127.0.0.1:8080' },
    { name: 'ESI_BASE_URL', text: 'https://h/esi//', value: 'https://h/esi' },
    { name: 'ESI_CONTACT', text: 'me@example.com', value: 'me@example.com' },
    { name: 'ESI_COMPATIBILITY_DATE', text: '2020-02-29', value: '2020-02-29' },
    { name: 'ESI_CONCURRENCY', text: '1', value: 1 },
    { name: 'ESI_CONCURRENCY', text: '1000', value: 1000 },
    { name: 'ESI_MAX_RPS', text: '0', value: 0 },
    { name: 'TYPE_REFRESH_DAYS', text: '0', value: 0 },
    { name: 'TYPE_REFRESH_LIMIT', text: '0', value: 0 },
    { name: 'ENRICH_LIMIT', text: '0', value: 0 },
    { name: 'AUCTION_BIDS', text: 'all', value: 'all' },
    { name: 'OUTCOME_PROBES', text: '0', value: 0 },
    { name: 'METRICS_FILE', text: '/var/lib/a.prom', value: '/var/lib/a.prom' },
    { name: 'PING_URL', text: 'https://hc-ping.com/k/s', value: 'https://hc-ping.com/k/s' },
    { name: 'LOG_FILE', text: '/var/log/a.log', value: '/var/log/a.log' },
    { name: 'LOG_LEVEL', text: 'silent', value: 'silent' },
  ] as const)('$name=$text is $value', ({ name, text, value }) => {
    expect(parseConfig({ [name]: text })[name]).toEqual(value);
  });
});

describe('a bad value', () => {
  it.each([
    {
      name: 'REGION_IDS',
      texts: ['Jita', 'The', '1,', ',', '0', '-1', '1.5', '2147483648', '1e24', 'Domain,Nowhere'],
    },
    { name: 'SHIP_GROUP_IDS', texts: ['all', 'Frigate', '25;26', '0'] },
    { name: 'DATABASE_URL', texts: ['localhost', 'mysql://h/d', 'redis://h', '//h/d'] },
    { name: 'REDIS_URL', texts: ['localhost:6379', 'http://h', 'unix:/tmp/redis.sock'] },
    { name: 'REDIS_KEY_PREFIX', texts: ['a b', 'ä', 'x'.repeat(65)] },
    { name: 'ESI_BASE_URL', texts: ['esi.evetech.net', 'ftp://h', 'file:///etc/passwd'] },
    { name: 'ESI_CONTACT', texts: ['me\nX-Evil: 1', 'Ünal', 'x'.repeat(201)] },
    { name: 'ESI_COMPATIBILITY_DATE', texts: ['today', '2026-13-01', '2026-02-30', '21.7.2026'] },
    { name: 'ESI_CONCURRENCY', texts: ['0', '-1', '1.5', '1001', 'many', '1e2', '0x10', ' 5'] },
    { name: 'ESI_MAX_RPS', texts: ['-1', '100001', 'none'] },
    { name: 'ESI_TIMEOUT_MS', texts: ['0', '20s', '600001', 'Infinity'] },
    { name: 'REGION_CONCURRENCY', texts: ['0', '101'] },
    { name: 'TYPE_REFRESH_DAYS', texts: ['-1', '36501', '99999999999999999999'] },
    { name: 'TYPE_REFRESH_LIMIT', texts: ['-1', '100001'] },
    { name: 'ENRICH_LIMIT', texts: ['-1', '1000001'] },
    { name: 'AUCTION_BIDS', texts: ['none', 'ALL'] },
    { name: 'OUTCOME_PROBES', texts: ['-1', '10001', 'all'] },
    { name: 'DB_BATCH_SIZE', texts: ['0', '100001'] },
    { name: 'LOCK_TTL_SECONDS', texts: ['0', '86401'] },
    {
      name: 'METRICS_FILE',
      texts: ['metrics.txt', '/var/lib/', '.prom', '/x/.prom', 'a.prom.tmp'],
    },
    { name: 'PING_URL', texts: ['hc-ping.com/k', 'ftp://h/k', '//h/k'] },
    { name: 'LOG_LEVEL', texts: ['loud', 'INFO', '30'] },
  ] as const)('of $name is a fault that names it', ({ name, texts }) => {
    for (const text of texts) {
      const faults = faultsOf({ [name]: text });

      expect(faults, text).toHaveLength(1);
      expect(faults[0]).toMatch(new RegExp(`^${name}: expected .`));
    }
  });

  it('is reported together with all others', () => {
    const faults = faultsOf(
      { REGION_IDS: 'x', ESI_CONCURRENCY: '0' },
      { LOG_LEVEL: 'loud', DATABASE_URL: 'localhost', ESI_MAX_RPS: '7' },
    );

    const names = faults.map((fault) => fault.split(':')[0]);
    expect(names.toSorted()).toEqual([
      'DATABASE_URL',
      'ESI_CONCURRENCY',
      'LOG_LEVEL',
      'REGION_IDS',
    ]);
  });

  it.each([
    'postgres://u:secr#t@h/d',
    'postgres://u:12#secr@h/d',
    'postgres://u:12/secr@h/d',
    'postgres://u:12?secr@h/d',
    'postgres://u:secr/t@h/d',
    'postgres://u:secr?t@h/d',
    'postgres://u:secr%t@h/d',
    'postgres://u:secr@t/@h/d',
  ])('%s is to be percent-encoded, and none of it is told', (DATABASE_URL) => {
    const fault = String(faultsOf({ DATABASE_URL }));
    expect(fault).toMatch(/DATABASE_URL: .*percent-encode # \(%23\)/);
    expect(fault).not.toContain('secr');
    const REDIS_URL = DATABASE_URL.replace('postgres:', 'redis:').replace('/d', '/0');
    expect(String(faultsOf({ REDIS_URL }))).toContain('percent-encode');
  });

  it.each([
    'postgres://u:%23%2F%3F%25%40@h/d',
    'postgres://u:p@h:5433/d?schema=s&application_name=a@b',
    'postgres:///d?host=/var/run/postgresql',
    'postgres://u:p@[::1]:5432/d',
  ])('%s is as it should be', (DATABASE_URL) => {
    expect(parseConfig({ DATABASE_URL }).DATABASE_URL).toBe(DATABASE_URL);
  });

  it.each([
    { setting: { DATABASE_URL: 'postgres:///d' }, fault: 'DATABASE_URL: the URL names no host' },
    { setting: { REDIS_URL: 'redis://h/abc' }, fault: 'REDIS_URL: expected nothing or the number' },
    { setting: { REDIS_URL: 'redis://h/0/1' }, fault: 'REDIS_URL: expected nothing or the number' },
  ])('$setting is refused with its reason', ({ setting, fault }) => {
    expect(String(faultsOf(setting))).toContain(fault);
  });

  it.each(['DATABASE_URL', 'REDIS_URL', 'PING_URL'])(
    'of %s is not repeated: it may hold a secret',
    (name) => {
      expect(faultsOf({ [name]: 'mysql://user:hunter2@h/d' }).join()).not.toContain('hunter2');
    },
  );
});

describe('a proxy of the environment', () => {
  it.each(['http://proxy.test:3128', 'https://me:p%40ss@proxy.test', 'socks5://proxy.test'])(
    '%s is taken',
    (url) => {
      expect(faultsOf({ HTTPS_PROXY: url, http_proxy: url })).toEqual([]);
    },
  );

  it.each([
    'proxy.test:3128',
    'me:hunter2@proxy.test:3128',
    'ftp://me:hunter2@proxy.test',
    'http://me:hunter2%@proxy.test',
    'http://me:hunter2@proxy.test:port',
  ])('%s is a fault, and not repeated', (url) => {
    const faults = faultsOf({ HTTPS_PROXY: url, http_proxy: url }).join();

    expect(faults).toContain('HTTPS_PROXY: expected a URL that starts with http://');
    expect(faults).toContain('http_proxy: expected a URL');
    expect(faults).not.toContain('hunter2');
  });
});
