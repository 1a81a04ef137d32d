import type { Config } from './config.ts';
import { PROXY_VARIABLES } from './proxies.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The secrets among settings and proxies, in every spelling in which they could leak. */
export function secretsOf(
  config: Pick<Config, 'DATABASE_URL' | 'REDIS_URL' | 'ESI_BASE_URL'>,
  environment: Environment,
): readonly string[] {
  const proxies = PROXY_VARIABLES.map((name) => environment[name]);
  const urls = [config.DATABASE_URL, config.REDIS_URL, config.ESI_BASE_URL, ...proxies];
  return [...new Set([...urls.flatMap(secretsOfUrl), ...proxies.flatMap(basicCredentials)])];
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

/** As a proxy is sent them. */
function basicCredentials(text: string | undefined): string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { username, password } = new URL(text);
  if (password === '') return [];
  const credentials = `${safelyDecoded(username)}:${safelyDecoded(password)}`;
  return [Buffer.from(credentials).toString('base64')];
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
