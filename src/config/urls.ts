/** Of the URL of a PostgreSQL. */
export const POSTGRES_SCHEMES: readonly string[] = ['postgres:', 'postgresql:'];

/** Whether a text is a URL with one of the schemes, each with its colon. */
export function isUrl(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

/** What is said of a text that is none. */
export function expectedUrl(schemes: readonly string[]): string {
  return `expected a URL that starts with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`;
}

/** A part of a URL without its percent-encoding; undefined where that is broken. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const ENCODE =
  'in the user and the password, percent-encode # (%23), / (%2F), ? (%3F), % (%25) and @ (%40)';

/**
 * What is wrong with the URL of a server, in words that tell none of it; undefined where nothing is.
 * A user or password that is not encoded makes another URL of it, often a valid one.
 */
export function serverUrlFault(text: string, schemes: readonly string[]): string | undefined {
  if (!isUrl(text, schemes)) {
    const isOfScheme = schemes.some((scheme) => text.startsWith(`${scheme}//`));
    if (!isOfScheme) return expectedUrl(schemes);
    return `expected a URL with a host, and with a number where it has a port; ${ENCODE}`;
  }
  const { hash, username, password, pathname, search, host, searchParams } = new URL(text);
  const isCut = hash !== '' || (username === '' && `${pathname}${search}`.includes('@'));
  const isBroken = [username, password, pathname].some((part) => decoded(part) === undefined);
  if (isCut || pathname.includes('@') || isBroken) return `the URL is cut short: ${ENCODE}`;
  return host === '' && !searchParams.has('host') ? 'the URL names no host' : undefined;
}

/** What is wrong with the number of the database in the URL of a Redis. */
export function redisPathFault(text: string): string | undefined {
  const { pathname } = new URL(text);
  if (/^(\/\d{0,5})?$/.test(pathname)) return undefined;
  return 'expected nothing or the number of a database behind the host: redis://host:6379/0';
}
