/** Work that makes more work, so many at once: no slot is empty while anything waits. */
export class WorkQueue {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #next = 0;
  #running = 0;
  #finish: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(work: () => Promise<void>): void {
    this.#waiting.push(work);
    this.#start();
  }

  /** Ends when all work is done, also what was added on the way. Call it after the first `add`. */
  done(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
  }

  #start(): void {
    while (this.#running < this.#limit && this.#next < this.#waiting.length) {
      const work = this.#waiting[this.#next];
      this.#next += 1;
      this.#running += 1;
      work?.().then(this.#ended, (error: unknown) => this.#fail(error));
    }
  }

  readonly #ended = (): void => {
    this.#running -= 1;
    this.#start();
    if (this.#running === 0) this.#finish();
  };
}
