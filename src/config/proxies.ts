/** Variables that name proxies, as many programs read them. */
export const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'] as const;

const SCHEMES: readonly string[] = ['http:', 'https:', 'socks5:'];

/** What is wrong with the proxies of the environment; their values may hold passwords. */
export function proxyFaults(find: (name: string) => string | undefined): string[] {
  const wrong = PROXY_VARIABLES.filter((name) => !isProxy(find(name)));
  const expected = `expected a URL that starts with ${SCHEMES.map((scheme) => `${scheme}//`).join(' or ')}`;
  return wrong.map((name) => `${name}: ${expected}`);
}

function isProxy(text: string | undefined): boolean {
  if (text === undefined) return true;
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return SCHEMES.includes(protocol) && isDecodable(username) && isDecodable(password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
