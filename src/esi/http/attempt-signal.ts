type Listener = (event?: unknown) => unknown;

/**
 * Ends one attempt of a request: at its deadline, or with the run. axios takes it as a signal. An
 * AbortSignal of the platform, of which every attempt would need its own, costs 10 µs.
 */
export class AttemptSignal {
  #listeners: readonly Listener[] = [];
  #aborted = false;
  #isTimeout = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** True when the deadline ended the attempt. */
  get isTimeout(): boolean {
    return this.#isTimeout;
  }

  addEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners = [...this.#listeners, listener];
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener);
  }

  /** @param isTimeout whether the deadline is the reason */
  abort(isTimeout = false): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#isTimeout = isTimeout;
    for (const listener of this.#listeners) listener();
  }
}
