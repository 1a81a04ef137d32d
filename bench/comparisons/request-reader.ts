import { Pool } from 'undici';
import { type Answer, IN_FLIGHT, type Reader } from './reader.ts';

/** Asks for JSON as one does with undici: by `request`. */
export class RequestReader implements Reader {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: IN_FLIGHT });
  }

  async get<T>(path: string): Promise<Answer<T>> {
    const { body, headers } = await this.#pool.request({ path, method: 'GET' });
    return { data: (await body.json()) as T, pages: Number(headers['x-pages'] ?? 1) };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
