import { type Terminal, terminalOf } from './terminal.ts';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;
type Environment = Readonly<Record<string, string | undefined>>;

const START_OF_LINE = '\r';
const ERASE_REST_OF_LINE = '\u001b[K';

/**
 * Where logs and progress meet: lines that stay and, below them on a terminal, one that changes.
 * The cursor is never hidden, so nothing has to give it back, however the process ends.
 */
export class Screen {
  /** Whether a line can be drawn again where it stands. */
  readonly canRedraw: boolean;
  readonly #stream: Stream;
  readonly #environment: Environment;
  #line = '';
  #isEnded = false;

  constructor(stream: Stream, environment: Environment) {
    this.#stream = stream;
    this.#environment = environment;
    this.canRedraw = stream.isTTY === true && environment['TERM'] !== 'dumb';
  }

  /** What can be shown now: people make windows smaller. */
  get terminal(): Terminal {
    return terminalOf(this.#stream, this.#environment);
  }

  /** Writes lines that stay. @param text with the end of its last line */
  write(text: string): void {
    const isCovered = this.#line !== '';
    this.#stream.write(isCovered ? `${erased(text)}${this.#line}` : text);
  }

  /** Takes the line away for good, and says why. @param text in the place of an echoed `^C` */
  end(text: string): void {
    this.clear();
    this.#isEnded = true;
    this.#stream.write(this.canRedraw ? erased(text) : text);
  }

  /** Draws the line that changes. @param line fits into the width */
  show(line: string): void {
    if (!this.canRedraw || this.#isEnded || line === this.#line) return;
    this.#line = line;
    this.#stream.write(erased(line));
  }

  /** Takes the line that changes away. */
  clear(): void {
    if (this.#line === '') return;
    this.#line = '';
    this.#stream.write(erased(''));
  }
}

/** One write for both, so that nothing flickers. */
function erased(text: string): string {
  return `${START_OF_LINE}${ERASE_REST_OF_LINE}${text}`;
}
