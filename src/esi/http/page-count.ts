/** ESI cuts listings off at 35 pages (seen 2026); the bound leaves room and stops absurd headers. */
const MAX_PAGES = 1000;

/** Reads `X-Pages`; undefined when it is missing or absurd. */
export function readPageCount(
  headers: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const text = headers['x-pages'];
  if (text === undefined || !/^\d{1,4}$/.test(text)) return undefined;
  const pages = Number(text);
  return pages >= 1 && pages <= MAX_PAGES ? pages : undefined;
}
