import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { codeOf, OutputError, reasonOf } from '../errors.ts';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write' | 'on'> & {
  readonly fd?: number;
};

/** stdout, where results go: each byte arrives, or `written` fails. */
export class ResultStream {
  readonly #stream: Stream;
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly cause: unknown } | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.on('error', (error) => this.#fail(error));
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns;
  }

  /** Whether nothing more arrives: the reader has left, or a write failed. */
  get isBroken(): boolean {
    return this.#failure !== undefined;
  }

  /** Writes text; after a failure nothing more. */
  write(text: string): void {
    if (this.#failure !== undefined) return;
    const { fd } = this.#stream;
    // Node writes to a file once, however little of it the file system takes.
    if (fd !== undefined && !(this.#stream instanceof Socket)) this.#writeToFile(fd, text);
    else this.#hand(text);
  }

  /** Waits until nothing is on its way any more, whether it arrived or not. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /**
   * Waits until everything is written. A reader that has left is no failure: it has what it wanted.
   *
   * @throws OutputError when something could not be written
   */
  async written(): Promise<void> {
    await this.settled();
    if (this.#failure === undefined) return;
    const { cause } = this.#failure;
    if (codeOf(cause) === 'EPIPE') return;
    throw new OutputError(`the result could not be written to stdout: ${reasonOf(cause)}`, {
      cause,
    });
  }

  #writeToFile(fd: number, text: string): void {
    const bytes = Buffer.from(text);
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
    } catch (error) {
      this.#fail(error);
    }
  }

  #hand(text: string): void {
    const handed = new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error) this.#fail(error);
        resolve();
      });
    });
    this.#pending.add(handed);
    void handed.finally(() => this.#pending.delete(handed));
  }

  /** The first failure is the cause of all others. */
  #fail(cause: unknown): void {
    this.#failure ??= { cause };
  }
}
