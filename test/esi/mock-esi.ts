import { Readable } from 'node:stream';
import nock from 'nock';

export const ORIGIN = 'https://esi.test';

/**
 * One answer: 200 unless said otherwise. A text is sent as it is, anything else as JSON; an error
 * without a body of its own has ESI's.
 */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SeenRequest {
  readonly method: 'GET' | 'POST';
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** Stands in for ESI's servers. A request without an answer fails, as does an answer unused. */
export class MockEsi {
  /** In order of arrival. */
  readonly requests: SeenRequest[] = [];

  get paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  /** Answers GET requests of a path, each with the next reply. */
  get(path: string, ...replies: readonly Reply[]): this {
    for (const reply of replies) this.#expect('GET', path, reply);
    return this;
  }

  /** Answers a number of GET requests of a path in the same way. */
  getTimes(times: number, path: string, reply: Reply): this {
    return this.get(path, ...Array.from({ length: times }, () => reply));
  }

  /** Answers every GET request whose path matches, but at least one. */
  always(pattern: RegExp, reply: Reply): this {
    const { requests } = this;
    nock(ORIGIN)
      .persist()
      .get(pattern)
      .reply(function (path, body) {
        requests.push({ method: 'GET', path, headers: this.req.headers, body });
        return [reply.status ?? 200, textOf(reply), reply.headers ?? {}];
      });
    return this;
  }

  post(path: string, ...replies: readonly Reply[]): this {
    for (const reply of replies) this.#expect('POST', path, reply);
    return this;
  }

  /** Breaks the connection of the next GET request. */
  reset(path: string): this {
    const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    nock(ORIGIN).get(path).replyWithError(error);
    return this;
  }

  /** Takes the next GET request and calls back instead of answering. */
  hang(path: string, onRequest: () => void): this {
    return this.trickle(path, onRequest, 0);
  }

  /** Sends parts of a body for the next GET request, calls back, and never comes to an end. */
  trickle(path: string, onSilence: () => void, parts = 3): this {
    let left = parts;
    const read = function (this: Readable) {
      if (left > 0) this.push(' ');
      else onSilence();
      left -= 1;
    };
    nock(ORIGIN)
      .get(path)
      .reply(200, () => new Readable({ read }));
    return this;
  }

  #expect(method: 'GET' | 'POST', path: string, reply: Reply): void {
    const { requests } = this;
    nock(ORIGIN)
      .intercept(path, method)
      .reply(function (_uri, body) {
        requests.push({ method, path, headers: this.req.headers, body });
        return [reply.status ?? 200, textOf(reply), reply.headers ?? {}];
      });
  }
}

function textOf({ status = 200, body }: Reply): string {
  if (body === undefined) return status < 400 ? '' : JSON.stringify({ error: `status ${status}` });
  return typeof body === 'string' ? body : JSON.stringify(body);
}
