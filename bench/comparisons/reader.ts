import type { EsiContract } from '../../fixtures/local-esi/universe.ts';

/** Requests at once: the program's own default. */
export const IN_FLIGHT = 32;

export interface Answer<T> {
  readonly data: T;
  readonly pages: number;
}

/** Reads ESI without any care. */
export interface Reader {
  get<T>(path: string): Promise<Answer<T>>;
  close(): Promise<void>;
}

/** All pages of a path, one after the other. */
export async function readPages<T>(reader: Reader, path: string): Promise<T[]> {
  const first = await reader.get<T[]>(`${path}?page=1`);
  const rows = [...first.data];
  for (let page = 2; page <= first.pages; page += 1) {
    rows.push(...(await reader.get<T[]>(`${path}?page=${page}`)).data);
  }
  return rows;
}

/** Works on elements in the order they come, so many at once; elements added on the way too. */
export async function inParallel<T>(
  elements: Iterable<T>,
  work: (element: T) => Promise<void>,
): Promise<void> {
  const iterator = elements[Symbol.iterator]();
  const worker = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

export function hasItems({ type }: EsiContract): boolean {
  return type === 'item_exchange' || type === 'auction';
}
