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
