import { Pool } from 'undici';
import type { EsiContract, EsiItem, EsiType } from '../fixtures/local-esi/universe.ts';

const IN_FLIGHT = 32;

/** Asks for JSON without any care: what the fastest client would do. */
export class BareEsi {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: IN_FLIGHT });
  }

  async get<T>(path: string): Promise<{ data: T; pages: number }> {
    const { body, headers } = await this.#pool.request({ path, method: 'GET' });
    return { data: (await body.json()) as T, pages: Number(headers['x-pages'] ?? 1) };
  }

  async pages<T>(path: string): Promise<T[]> {
    const first = await this.get<T[]>(`${path}?page=1`);
    const rows = [...first.data];
    for (let page = 2; page <= first.pages; page += 1) {
      rows.push(...(await this.get<T[]>(`${path}?page=${page}`)).data);
    }
    return rows;
  }

  regionIds(): Promise<number[]> {
    return this.get<number[]>('/universe/regions').then(({ data }) => data);
  }

  listing(regionId: number): Promise<EsiContract[]> {
    return this.pages<EsiContract>(`/contracts/public/${regionId}`);
  }

  items(contractId: number): Promise<EsiItem[]> {
    return this.pages<EsiItem>(`/contracts/public/items/${contractId}`);
  }

  type(typeId: number): Promise<EsiType> {
    return this.get<EsiType>(`/universe/types/${typeId}`).then(({ data }) => data);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Works on elements in the order they come, so many at once. */
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
