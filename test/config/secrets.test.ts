import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { secretsOf, secretsOfUrl } from '../../src/config/secrets.ts';

describe('the secrets of a command', () => {
  const none: Pick<Config, 'DATABASE_URL' | 'REDIS_URL' | 'ESI_BASE_URL'> = {
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    ESI_BASE_URL: 'https://esi.evetech.net',
  };

  it('are none without passwords', () => {
    expect(secretsOf(none, {})).toEqual([]);
    expect(secretsOf({ ...none, DATABASE_URL: 'postgres://user@h/d?sslmode=require' }, {})).toEqual(
      [],
    );
  });

  it('are the passwords of all URLs', () => {
    const config = {
      DATABASE_URL: 'postgres://user:hunter2@h/d',
      REDIS_URL: 'redis://:swordfish@h',
      ESI_BASE_URL: 'https://user:opensesame@proxy.test/esi',
    };

    const secrets = new Set(secretsOf(config, {}));

    expect(secrets).toEqual(new Set(['hunter2', 'swordfish', 'opensesame']));
  });

  it('are the passwords of proxies, and what is sent to them', () => {
    const environment = { https_proxy: 'http://me:p%40ss@h:3128', HTTP_PROXY: 'http://h:3128' };

    const secrets = new Set(secretsOf(none, environment));

    expect(secrets).toEqual(new Set(['p%40ss', 'p@ss', btoa('me:p@ss')]));
  });

  it('are a ping URL as a whole, and what of it could be a key', () => {
    const PING_URL = 'https://hc.test/ping/fqOOd6-F4MMNuCEnzTU01w/contracts?create=1';

    const secrets = new Set(secretsOf({ ...none, PING_URL }, {}));

    expect(secrets).toEqual(
      new Set([
        PING_URL,
        '/ping/fqOOd6-F4MMNuCEnzTU01w/contracts',
        '/ping/fqOOd6-F4MMNuCEnzTU01w/contracts?create=1',
        'fqOOd6-F4MMNuCEnzTU01w',
      ]),
    );
  });

  it('are of a ping URL its password, and keys in its query, in every spelling', () => {
    const PING_URL = 'https://me:hunter2@hc.test/x?key=0123456789%61bcdef';

    const secrets = secretsOf({ ...none, PING_URL }, {});

    expect(secrets).toEqual(expect.arrayContaining(['hunter2', '0123456789abcdef', PING_URL]));
    expect(secrets).not.toContain('/x');
  });

  it.each([
    { url: 'postgres://u:p%40ss@h/d', secrets: ['p%40ss', 'p@ss'] },
    { url: 'postgres://u:100%@h/d', secrets: ['100%'] },
    { url: 'postgres://u@h/d?password=hunter2', secrets: ['hunter2'] },
    { url: 'redis://:p%2Fss@h', secrets: ['p%2Fss', 'p/ss'] },
    { url: 'postgres://u@h/d?password=p%40ss', secrets: ['p%40ss', 'p@ss'] },
    { url: 'postgres://u:a|b%40c@h/d', secrets: ['a|b%40c', 'a%7Cb%40c', 'a|b@c'] },
    { url: 'no url at all', secrets: [] },
    { url: undefined, secrets: [] },
  ])('of $url are $secrets', ({ url, secrets }) => {
    expect(new Set(secretsOfUrl(url))).toEqual(new Set(secrets));
  });
});
