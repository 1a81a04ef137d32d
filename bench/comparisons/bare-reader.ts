import { type Dispatcher, Pool } from 'undici';
import { type Answer, IN_FLIGHT, type Reader } from './reader.ts';

/** Asks for JSON without any care, by the fastest way that undici has: its bare dispatch. */
export class BareReader implements Reader {
  readonly #pool: Pool;

  constructor(url: string) {
    this.#pool = new Pool(url, { connections: IN_FLIGHT });
  }

  get<T>(path: string): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      this.#pool.dispatch({ path, method: 'GET' }, new Collector<T>(resolve, reject));
    });
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
