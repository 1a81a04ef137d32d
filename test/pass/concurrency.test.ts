import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forEachConcurrently, readAhead } from '../../src/pass/concurrency.ts';
import { failureOf } from '../esi/esi-harness.ts';
import { settle } from '../esi/manual-clock.ts';

const FAILURE = new Error('on purpose');

/** Work that ends only when a test says so. */
class SlowWork {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  atWork = 0;

  readonly work = async (element: number): Promise<void> => {
    this.begun.push(element);
    this.atWork += 1;
    try {
      await new Promise<void>((resolve, reject) => this.#ends.set(element, { resolve, reject }));
    } finally {
      this.atWork -= 1;
    }
  };

  async finish(element: number): Promise<void> {
    this.#ends.get(element)?.resolve();
    await settle();
  }

  async fail(element: number, error: Error): Promise<void> {
    this.#ends.get(element)?.reject(error);
    await settle();
  }
}

async function* asynchronous<T>(elements: readonly T[], failure?: Error): AsyncGenerator<T> {
  for (const element of elements) {
    await settle();
    yield element;
  }
  if (failure !== undefined) throw failure;
}

async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const end = () => {
    done = true;
  };
  promise.then(end, end);
  await settle();
  return done;
}

const KINDS: readonly {
  readonly kind: string;
  readonly of: (elements: readonly number[]) => Iterable<number> | AsyncIterable<number>;
}[] = [
  { kind: 'a list', of: (elements) => elements },
  { kind: 'a generator', of: (elements) => elements.values() },
  { kind: 'what comes in time', of: asynchronous },
];

describe.each(KINDS)('work on the elements of $kind', ({ of }) => {
  it('is done for each, once', async () => {
    const seen: number[] = [];

    await forEachConcurrently(of([1, 2, 3, 4, 5]), 2, async (element) => {
      await settle();
      seen.push(element);
    });

    expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('is nothing where there are none', async () => {
    await expect(
      forEachConcurrently(of([]), 2, () => Promise.reject(FAILURE)),
    ).resolves.toBeUndefined();
  });

  it('is done for as many at once as is said, and begun in their order', async () => {
    const slow = new SlowWork();
    const all = forEachConcurrently(of([1, 2, 3, 4]), 2, slow.work);
    await expect.poll(() => slow.begun).toEqual([1, 2]);

    await slow.finish(2);

    await expect.poll(() => slow.begun).toEqual([1, 2, 3]);
    expect(slow.atWork).toBe(2);
    for (const element of [1, 3]) await slow.finish(element);
    await expect.poll(() => slow.begun).toEqual([1, 2, 3, 4]);
    expect(await isDone(all)).toBe(false);
    await slow.finish(4);
    await all;
  });

  it('begins nothing new after a failure, and awaits what is under way', async () => {
    const slow = new SlowWork();
    const all = failureOf(forEachConcurrently(of([1, 2, 3, 4]), 2, slow.work));
    await expect.poll(() => slow.begun).toEqual([1, 2]);

    await slow.fail(2, FAILURE);

    expect(await isDone(all)).toBe(false);
    await slow.finish(1);
    expect(await all).toBe(FAILURE);
    expect(slow.begun).toEqual([1, 2]);
  });

  it('fails with the first of several failures', async () => {
    const slow = new SlowWork();
    const all = failureOf(forEachConcurrently(of([1, 2]), 2, slow.work));
    await expect.poll(() => slow.begun).toEqual([1, 2]);

    await slow.fail(2, FAILURE);
    await slow.fail(1, new Error('another'));

    expect(await all).toBe(FAILURE);
  });
});

describe('elements that cannot be had', () => {
  it('are a failure, which awaits the work under way', async () => {
    const slow = new SlowWork();
    const all = failureOf(forEachConcurrently(asynchronous([1], FAILURE), 2, slow.work));
    await expect.poll(() => slow.begun).toEqual([1]);

    expect(await isDone(all)).toBe(false);
    await slow.finish(1);
    expect(await all).toBe(FAILURE);
  });

  it('are a failure from the first', async () => {
    const work = () => Promise.reject(new Error('never called'));

    expect(await failureOf(forEachConcurrently(asynchronous([], FAILURE), 2, work))).toBe(FAILURE);
  });

  it('are told no more when the work has failed', async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        yield* asynchronous([1, 2, 3, 4]);
      } finally {
        isClosed = true;
      }
    };

    const all = forEachConcurrently(source(), 1, () => Promise.reject(FAILURE));

    expect(await failureOf(all)).toBe(FAILURE);
    expect(isClosed).toBe(true);
  });
});

/** Yields numbers and notes what it was asked for. */
class NotedSource {
  readonly begun: number[] = [];
  isClosed = false;

  async *numbers(count: number, failure?: Error): AsyncGenerator<number> {
    try {
      for (let element = 1; element <= count; element += 1) {
        this.begun.push(element);
        await settle();
        yield element;
      }
      if (failure !== undefined) throw failure;
    } finally {
      this.isClosed = true;
    }
  }
}

describe('reading ahead', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });

  afterEach(() => {
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it.each([0, 1, 4])('gives all of %d elements, in their order', async (count) => {
    const source = new NotedSource();
    const seen: number[] = [];
    for await (const element of readAhead(source.numbers(count))) seen.push(element);

    expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(source.isClosed).toBe(true);
  });

  it('begins nothing before it is asked', async () => {
    const source = new NotedSource();
    const ahead = readAhead(source.numbers(3));
    await settle();

    expect(source.begun).toEqual([]);
    expect(await ahead.next()).toMatchObject({ value: 1 });
  });

  it('has begun the next element, and no other, while one is looked at', async () => {
    const source = new NotedSource();
    for await (const element of readAhead(source.numbers(4))) {
      expect(source.begun.at(-1)).toBe(Math.min(element + 1, 4));
      await settle();
      await settle();
      expect(source.begun.at(-1)).toBe(Math.min(element + 1, 4));
    }
  });

  it('fails at the turn of what failed, however long before that it failed', async () => {
    const source = new NotedSource();
    const seen: number[] = [];
    const reading = async () => {
      for await (const element of readAhead(source.numbers(2, FAILURE))) {
        seen.push(element);
        for (let turn = 0; turn < 5; turn += 1) await settle();
      }
    };

    expect(await failureOf(reading())).toBe(FAILURE);
    expect(seen).toEqual([1, 2]);
  });

  it('closes its source when the reader ends early, though the next is under way', async () => {
    const source = new NotedSource();
    for await (const element of readAhead(source.numbers(4))) if (element === 2) break;

    expect(source.begun).toEqual([1, 2, 3]);
    expect(source.isClosed).toBe(true);
  });

  it('fails with the failure of the reader, though what comes next fails too', async () => {
    const source = new NotedSource();
    const reading = async () => {
      for await (const _ of readAhead(source.numbers(1, new Error('never had its turn')))) {
        for (let turn = 0; turn < 5; turn += 1) await settle();
        throw FAILURE;
      }
    };

    expect(await failureOf(reading())).toBe(FAILURE);
    expect(source.isClosed).toBe(true);
  });
});
