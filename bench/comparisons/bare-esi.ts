import { type Dispatcher, Pool } from 'undici';
import type { EsiContract } from '../../fixtures/local-esi/universe.ts';

/** Requests at once: the program's own default. */
export const IN_FLIGHT = 32;

export interface Answer<T> {
  readonly data: T;
  readonly pages: number;
}

/** Asks for JSON without any care, by the fastest way that undici has: its bare dispatch. */
export class BareEsi {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: IN_FLIGHT });
  }

  get<T>(path: string): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      this.#pool.dispatch({ path, method: 'GET' }, new Collector<T>(resolve, reject));
    });
  }

  async pages<T>(path: string): Promise<T[]> {
    const first = await this.get<T[]>(`${path}?page=1`);
    const rows = [...first.data];
    for (let page = 2; page <= first.pages; page += 1) {
      rows.push(...(await this.get<T[]>(`${path}?page=${page}`)).data);
    }
    return rows;
  }

  async regionIds(): Promise<number[]> {
    return (await this.get<number[]>('/universe/regions')).data;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

class Collector<T> implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer<T>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #chunks: Buffer[] = [];
  #pages = 1;

  constructor(resolve: (answer: Answer<T>) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  // undici takes a handler without it for one of its older interface.
  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: NodeJS.Dict<string | string[]>,
  ): void {
    this.#pages = Number(headers['x-pages'] ?? 1);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [only, ...more] = this.#chunks;
    const text = (more.length === 0 ? only : Buffer.concat(this.#chunks))?.toString() ?? '';
    this.#resolve({ data: JSON.parse(text) as T, pages: this.#pages });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: unknown): void {
    this.#reject(error);
  }
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
