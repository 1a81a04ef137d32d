type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write' | 'on'>;

/** stderr, where logs and progress go: what it cannot take is lost, and harms nothing. */
export class ForgivingStream {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
    stream.on('error', () => undefined);
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    return this.#stream.columns;
  }

  write(text: string): boolean {
    try {
      return this.#stream.write(text);
    } catch {
      // A full disk under a file is thrown, not told as an event.
      return false;
    }
  }
}
