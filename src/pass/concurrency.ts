/**
 * Works on elements, several at once. After the first failure nothing new is begun; what is under
 * way is awaited, so that nothing goes on behind the back of whoever handles the failure.
 *
 * @throws the first failure
 */
export async function forEachConcurrently<T>(
  elements: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (element: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const waiting = untilFailure(elements, failures);
  const worker = async () => {
    for await (const element of waiting) {
      await work(element).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  if (failures.length > 0) throw failures[0];
}

/** As Promise.all, but nothing goes on behind the back of whoever handles the failure. */
export async function allSettled<One, Other>(
  promises: readonly [Promise<One>, Promise<Other>],
): Promise<[One, Other]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** Ends with the first failure, which may be one of the elements' own. */
async function* untilFailure<T>(
  elements: Iterable<T> | AsyncIterable<T>,
  failures: unknown[],
): AsyncGenerator<T> {
  try {
    for await (const element of elements) {
      if (failures.length > 0) return;
      yield element;
    }
  } catch (error) {
    failures.push(error);
  }
}

/** Yields what comes, while the next element is already under way. */
export async function* readAhead<T>(elements: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = elements[Symbol.asyncIterator]();
  const begin = () => {
    const next = iterator.next();
    // It may fail before its turn, or never have one.
    next.catch(() => undefined);
    return next;
  };
  try {
    let next = begin();
    for (let current = await next; current.done !== true; current = await next) {
      next = begin();
      yield current.value;
    }
  } finally {
    await iterator.return?.();
  }
}
