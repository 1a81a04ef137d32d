import type { Config } from './config.ts';
import { PROXY_VARIABLES } from './proxies.ts';
import { decoded } from './urls.ts';

/** Keys of ping services have 22 characters or more. */
const KEY_LENGTH = 16;

type Environment = Readonly<Record<string, string | undefined>>;

/** The secrets among settings and proxies, in every spelling in which they could leak. */
export function secretsOf(
  config: Pick<Config, 'DATABASE_URL' | 'REDIS_URL' | 'ESI_BASE_URL' | 'PING_URL'>,
  environment: Environment,
): readonly string[] {
  const proxies = PROXY_VARIABLES.map((name) => environment[name]);
  const urls = [config.DATABASE_URL, config.REDIS_URL, config.ESI_BASE_URL, ...proxies];
  const found = [
    ...urls.flatMap(secretsOfUrl),
    ...proxies.flatMap(basicCredentials),
    ...capabilitiesOf(config.PING_URL),
  ];
  return [...new Set(found)];
}

/** The password of a URL in every spelling: as written, normalised, decoded. */
export function secretsOfUrl(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { password, searchParams } = new URL(text);
  const written = [
    /:\/\/[^/?#]*?:([^/?#]*)@/.exec(text)?.[1],
    /[?&]password=([^&#]*)/.exec(text)?.[1],
  ];
  const spellings = [...written, password, searchParams.get('password')];
  const known = spellings.filter((spelling) => typeof spelling === 'string');
  return [...new Set([...known, ...known.map(safelyDecoded)])].filter((secret) => secret !== '');
}

/**
 * Whoever knows the URL may use it: all of it is secret, and what of it could be a key. Shorter
 * parts are words that would be missing elsewhere.
 */
function capabilitiesOf(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { href, pathname, search, searchParams } = new URL(text);
  const parts = [pathname, ...pathname.split('/'), ...searchParams.values()];
  const keys = [pathname + search, ...parts].filter(({ length }) => length >= KEY_LENGTH);
  const spellings = [text, href, ...keys];
  const written = [...new Set([...spellings, ...spellings.map(safelyDecoded)])];
  return [...written, ...secretsOfUrl(text)];
}

/** As a proxy is sent them. */
function basicCredentials(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  if (password === '') return [];
  const credentials = `${safelyDecoded(username)}:${safelyDecoded(password)}`;
  return [Buffer.from(credentials).toString('base64')];
}

function safelyDecoded(text: string): string {
  return decoded(text) ?? text;
}
