import { decoded, expectedUrl, isUrl } from './urls.ts';

/** Variables that name proxies, as many programs read them. */
export const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'] as const;

const SCHEMES: readonly string[] = ['http:', 'https:', 'socks5:'];

/** What is wrong with the proxies of the environment; their values may hold passwords. */
export function proxyFaults(find: (name: string) => string | undefined): string[] {
  const wrong = PROXY_VARIABLES.filter((name) => !isProxy(find(name)));
  return wrong.map((name) => `${name}: ${expectedUrl(SCHEMES)}`);
}

function isProxy(text: string | undefined): boolean {
  if (text === undefined) return true;
  if (!isUrl(text, SCHEMES)) return false;
  const { username, password } = new URL(text);
  return decoded(username) !== undefined && decoded(password) !== undefined;
}
